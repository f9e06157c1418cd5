/** Something that went wrong, as a result has it. */
export interface Told {
  readonly where?: string;
  readonly message: string;
  readonly cure?: string;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** More of one kind are counted: who has forty files that do not fit knows what is wrong from the first. */
const MOST_OF_A_KIND = 10;

/**
 * Errors as lines: those with one cure together, and the cure once, below them. `known` holds the cure that was told last (of
 * another table of this run): where it is told again, just that is said. Not of an earlier one: others stand between.
 */
export function errorLines(errors: readonly Told[], known: Set<string> = new Set()): readonly string[] {
  const kinds = new Map<string | undefined, Told[]>();
  for (const error of errors) kinds.set(error.cure, [...(kinds.get(error.cure) ?? []), error]);
  return [...kinds].flatMap(([cure, all]) => {
    const lines = listed(all.map(({ where, message }) => `error: ${where === undefined ? '' : `${where} `}${message}`));
    if (cure === undefined) return lines;
    lines.push(`  cure: ${known.has(cure) ? 'as above' : cure}`);
    known.clear();
    known.add(cure);
    return lines;
  });
}

/** Warnings as lines. */
export function warningLines(warnings: readonly string[]): readonly string[] {
  return listed(warnings.map((warning) => `warning: ${warning}`));
}

/** The first of many lines, and how many more there are. */
function listed(lines: readonly string[]): string[] {
  // One more line takes as much room as the word that there is one.
  if (lines.length <= MOST_OF_A_KIND + 1) return [...lines];
  return [...lines.slice(0, MOST_OF_A_KIND), `  and ${lines.length - MOST_OF_A_KIND} more (--json has all)`];
}
