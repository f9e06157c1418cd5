import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, EngineFailure } from '../athena/engine.ts';
import type { Faults } from './faults.ts';

/** Faults of service `athena-query` fail the execution itself, by the statement's kind; `error` is its reason. */
export function withQueryFaults(engine: Engine, faults: Faults): Engine {
  return {
    classify: (sql) => engine.classify(sql),
    close: () => engine.close(),
    async execute(request) {
      const kind = engine.classify(request.sql);
      const fault = faults.strike('athena-query', kind.kind === 'statement' ? kind.substatementType : '', request.sql);
      if (fault?.delay_ms) await sleep(fault.delay_ms, undefined, { signal: request.signal });
      if (fault?.error && !fault.execute) throw new EngineFailure('', fault.error);
      const result = await engine.execute(request);
      if (fault?.error) throw new EngineFailure('', fault.error);
      return result;
    },
  };
}
