import { EngineFailure } from '../athena/engine.ts';

/** A query that ends FAILED with `CODE: message`. */
export function failure(code: string, message: string): EngineFailure {
  return new EngineFailure(code, message);
}

/** What isn't there fails by its name, never with a wrong answer. */
export function notImplemented(what: string): EngineFailure {
  return new EngineFailure('NOT_SUPPORTED', `NotImplemented: ${what} is not implemented in the local lake`);
}

/** As Hive's DDL tasks fail inside Athena. */
export function ddlFailure(message: string): EngineFailure {
  const task = 'org.apache.hadoop.hive.ql.exec.DDLTask';
  return new EngineFailure('', `FAILED: Execution Error, return code 1 from ${task}. ${message}`);
}

/** As Hive's analysis of DDL fails inside Athena. */
export function semanticFailure(message: string): EngineFailure {
  return new EngineFailure('', `FAILED: SemanticException ${message}`);
}
