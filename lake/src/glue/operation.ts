import { CatalogError } from '../catalog/catalog.ts';
import type { LakeCatalog } from '../catalog/lake-catalog.ts';
import { constraintMessage, problemsOf, type Shape } from '../shape/shape.ts';
import { type RequestContext, WireError } from '../wire/json-service.ts';

export interface GlueCall extends RequestContext {
  readonly catalog: LakeCatalog;
}

/** One operation: the shape of its input, and what it does with an input of that shape. */
export interface GlueOperation {
  run(input: unknown, call: GlueCall): Promise<unknown>;
}

/** `I` is what `shape` lets through. */
export function operation<I>(shape: Shape, perform: (input: I, call: GlueCall) => unknown): GlueOperation {
  return {
    async run(input, call) {
      check(shape, input);
      ownCatalog(input, call);
      try {
        return await perform(input as I, call);
      } catch (error) {
        throw error instanceof CatalogError ? new WireError(error.code, error.message) : error;
      }
    },
  };
}

function check(shape: Shape, input: unknown): void {
  const problems = problemsOf(shape, input);
  const first = problems[0];
  if (!first) return;
  if (first.kind === 'type') throw new WireError('SerializationException', first.message);
  throw new WireError('ValidationException', constraintMessage(problems));
}

/** The lake is one account's catalog; another account's is not there, and must not be mistaken for this one. */
function ownCatalog(input: unknown, call: GlueCall): void {
  const asked = (input as { CatalogId?: unknown }).CatalogId;
  if (typeof asked === 'string' && asked !== call.account) {
    throw new WireError('EntityNotFoundException', `Catalog ${asked} not found.`);
  }
}

export function invalid(message: string): WireError {
  return new WireError('InvalidInputException', message);
}

export function notFound(message: string): WireError {
  return new WireError('EntityNotFoundException', message);
}

/** The entry of an `Errors` list for what a single call would have thrown. */
export function errorDetail(error: { readonly code: string; readonly message: string }) {
  return { ErrorCode: error.code, ErrorMessage: error.message };
}
