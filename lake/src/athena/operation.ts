import { CatalogError } from '../catalog/catalog.ts';
import type { LakeCatalog } from '../catalog/lake-catalog.ts';
import { constraintMessage, problemsOf, type Shape } from '../shape/shape.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { type RequestContext, WireError } from '../wire/json-service.ts';
import type { Engine } from './engine.ts';
import type { History } from './history.ts';
import type { Runner } from './runner.ts';
import type { Settings } from './settings.ts';

export interface AthenaParts {
  readonly catalog: LakeCatalog;
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly history: History;
  readonly runner: Runner;
  readonly settings: Settings;
}

export type AthenaCall = RequestContext & AthenaParts;

/** One operation: the shape of its input, and what it does with an input of that shape. */
export interface AthenaOperation {
  run(input: unknown, call: AthenaCall): Promise<unknown>;
}

/** `I` is what `shape` lets through. */
export function operation<I>(shape: Shape, perform: (input: I, call: AthenaCall) => unknown): AthenaOperation {
  return {
    async run(input, call) {
      const problems = problemsOf(shape, input);
      const first = problems[0];
      if (first?.kind === 'type') throw new WireError('SerializationException', first.message);
      if (first) throw refused(constraintMessage(problems));
      try {
        return await perform(input as I, call);
      } catch (error) {
        throw error instanceof CatalogError ? metadataError(error.message) : error;
      }
    },
  };
}

/** Athena's one refusal, told apart by its AthenaErrorCode. */
export function refused(message: string, code = 'INVALID_INPUT'): WireError {
  return new WireError('InvalidRequestException', message, 400, { AthenaErrorCode: code });
}

/** How the data catalog's own refusals arrive through Athena. */
export function metadataError(message: string): WireError {
  return new WireError('MetadataException', message);
}
