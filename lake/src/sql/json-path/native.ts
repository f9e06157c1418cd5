import { isNumber, isObject, type Json, readJson, TooDeep, writeJson } from '../functions/native/json.ts';
import { NativeFailure, type NativeFunction, nativeWithNulls } from '../functions/native/udf.ts';
import { evaluatePath, PathFailure } from './evaluate.ts';
import { parsePath } from './parse.ts';
import type { Path } from './syntax.ts';

const paths = new Map<string, Path>();

function pathOf(text: string): Path {
  const known = paths.get(text);
  if (known) return known;
  if (paths.size > 1000) paths.clear();
  const path = parsePath(text);
  paths.set(text, path);
  return path;
}

class InputFailure extends Error {}

function find(input: string, path: string, passed: string): readonly Json[] {
  const json = readJson(input);
  if (json === undefined) throw new InputFailure('conversion to JSON failed: ');
  const variables = readJson(passed);
  return evaluatePath(pathOf(path), json, variables !== undefined && isObject(variables) ? variables : new Map());
}

function failure(error: unknown, prefix: string): NativeFailure {
  if (error instanceof InputFailure) return new NativeFailure('JSON_INPUT_CONVERSION_ERROR', error.message);
  if (error instanceof PathFailure)
    return new NativeFailure('PATH_EVALUATION_ERROR', `path evaluation failed: ${error.message}`);
  if (error instanceof NativeFailure) return error;
  return new NativeFailure('GENERIC_INTERNAL_ERROR', `${prefix}: ${(error as Error).message}`);
}

type Text = string | null;

const exists = nativeWithNulls(
  'weir_json_exists(VARCHAR, VARCHAR, VARCHAR, VARCHAR) BOOLEAN',
  (input: Text, path: string, passed: string, onError: string) => {
    if (input === null) return null;
    try {
      return find(input, path, passed).length > 0;
    } catch (error) {
      if (onError === 'error' || error instanceof TooDeep) throw failure(error, 'JSON_EXISTS');
      return onError === 'unknown' ? null : onError === 'true';
    }
  },
);

/** `=text` for a value, `0` for nothing found, `!` for a failure that is answered by ON ERROR, null for null. */
const value = nativeWithNulls(
  'weir_json_value(VARCHAR, VARCHAR, VARCHAR, VARCHAR) VARCHAR',
  (input: Text, path: string, passed: string, onError: string) => {
    if (input === null) return null;
    try {
      const found = find(input, path, passed);
      if (found.length === 0) return '0';
      return scalar(found);
    } catch (error) {
      if (onError === 'error' || error instanceof TooDeep) throw failure(error, 'JSON_VALUE');
      return '!';
    }
  },
);

function scalar(found: readonly Json[]): string | null {
  const message = 'cannot extract SQL scalar from JSON: ';
  if (found.length > 1) {
    throw new NativeFailure('JSON_VALUE_RESULT_ERROR', `${message}JSON path found multiple items`);
  }
  const item = found[0]!;
  if (item === null) return null;
  if (Array.isArray(item) || isObject(item)) {
    throw new NativeFailure(
      'JSON_VALUE_RESULT_ERROR',
      `${message}JSON path found an item that cannot be converted to an SQL value`,
    );
  }
  return `=${isNumber(item) ? item.number : String(item)}`;
}

const query = nativeWithNulls(
  'weir_json_query(VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR) VARCHAR',
  (input: Text, path: string, passed: string, wrapper: string, quotes: string, onEmpty: string, onError: string) => {
    if (input === null) return null;
    let found: readonly Json[];
    try {
      found = find(input, path, passed);
    } catch (error) {
      if (onError === 'error' || error instanceof TooDeep) throw failure(error, 'JSON_QUERY');
      return answer(onError);
    }
    if (found.length === 0) {
      if (onEmpty === 'error') {
        throw new NativeFailure(
          'JSON_QUERY_RESULT_ERROR',
          'cannot extract JSON using JSON_QUERY: JSON path found no items',
        );
      }
      return answer(onEmpty);
    }
    return result(found, wrapper, quotes, onError);
  },
);

function answer(behavior: string): Text {
  return { 'empty array': '[]', 'empty object': '{}' }[behavior] ?? null;
}

function result(found: readonly Json[], wrapper: string, quotes: string, onError: string): Text {
  const [first] = found;
  const nested = first !== null && (Array.isArray(first) || isObject(first!));
  const wrap = wrapper === 'unconditional' || (wrapper === 'conditional' && (found.length > 1 || !nested));
  if (wrap) return writeJson(found);
  if (found.length > 1) {
    if (onError !== 'error') return answer(onError);
    throw new NativeFailure(
      'JSON_QUERY_RESULT_ERROR',
      'cannot extract JSON using JSON_QUERY: JSON path found multiple items',
    );
  }
  if (quotes === 'omit' && typeof first === 'string') return first;
  return writeJson(first!);
}

/** The items that JSON_TABLE makes its rows of, each as JSON text. */
const list = nativeWithNulls(
  'weir_json_items(VARCHAR, VARCHAR, VARCHAR, VARCHAR) VARCHAR[]',
  (input: Text, path: string, passed: string, onError: string) => {
    if (input === null) return null;
    try {
      return find(input, path, passed).map(writeJson);
    } catch (error) {
      if (onError === 'error' || error instanceof TooDeep) throw failure(error, 'JSON_TABLE');
      return [];
    }
  },
);

/** The functions behind JSON_EXISTS, JSON_VALUE, JSON_QUERY and JSON_TABLE. */
export const jsonPathFunctions: readonly NativeFunction[] = [exists, value, query, list];
