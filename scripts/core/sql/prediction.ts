// The local lake has the same mend of its own: neither imports the other.
import { ATNConfig, ATNConfigSet, PredictionMode, SemanticContext } from 'antlr4ng';

type MergeCache = NonNullable<Parameters<ATNConfigSet['add']>[1]>;
type Contexts = Parameters<MergeCache['set']>;

/**
 * ANTLR looks whether to go on predicting by a copy of what it has, and merges that without remembering what it has
 * merged: each level of `(SELECT (SELECT ...` doubles the time, and twenty never end. The same look, with a memory.
 */
export function rememberMerges(): void {
  PredictionMode.hasSLLConflictTerminatingPrediction = (mode, configs) => {
    if (PredictionMode.allConfigsInRuleStopStates(configs)) return true;
    const plain = mode === PredictionMode.SLL && configs.hasSemanticContext ? withoutPredicates(configs) : configs;
    const alternatives = PredictionMode.getConflictingAltSubsets(plain);
    return PredictionMode.hasConflictingAltSet(alternatives) && !PredictionMode.hasStateAssociatedWithOneAlt(plain);
  };
}

function withoutPredicates(configs: ATNConfigSet): ATNConfigSet {
  const merged = mergeCache();
  const plain = new ATNConfigSet();
  for (const config of configs.configs)
    plain.add(new ATNConfig({ semanticContext: SemanticContext.NONE }, config), merged);
  return plain;
}

/** ANTLR has one of its own, but does not export it. */
function mergeCache(): MergeCache {
  const known = new Map<Contexts[0], Map<Contexts[1], Contexts[2]>>();
  const cache = {
    get: (left: Contexts[0], right: Contexts[1]) => known.get(left)?.get(right) ?? null,
    set(left: Contexts[0], right: Contexts[1], value: Contexts[2]) {
      const row = known.get(left) ?? new Map<Contexts[1], Contexts[2]>();
      known.set(left, row.set(right, value));
    },
  };
  return cache as unknown as MergeCache;
}
