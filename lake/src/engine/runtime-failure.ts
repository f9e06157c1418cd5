import { EngineFailure } from '../athena/engine.ts';
import { CatalogError } from '../catalog/catalog.ts';
import { HiveSyntaxError } from '../hive/parse.ts';
import { runtimeError } from '../sql/casts/failure.ts';
import { SqlError } from '../sql/sql.ts';
import { LeadsOutside } from '../store/inside.ts';
import { notImplemented } from './failure.ts';
import { withPlace } from './statement.ts';

/** Any error of a statement as the failure that Athena would report. */
export function asEngineFailure(error: unknown): EngineFailure {
  if (error instanceof EngineFailure) return error;
  if (error instanceof SqlError) return new EngineFailure(error.code, withPlace(error));
  if (error instanceof HiveSyntaxError) return new EngineFailure('', `FAILED: ParseException ${error.message}`);
  if (error instanceof LeadsOutside) return new EngineFailure('PERMISSION_DENIED', OUTSIDE);
  if (error instanceof CatalogError) return new EngineFailure('GENERIC_USER_ERROR', error.message);
  const message = error instanceof Error ? error.message : String(error);
  return ownFailure(message) ?? fromDuckDb(message);
}

const OUTSIDE = 'Access denied: a symlink in the folder of the lake leads out of it';

/** What our own scans raise inside DuckDB by error('CODE: message'). */
function ownFailure(message: string): EngineFailure | undefined {
  const own = /\b(HIVE_[A-Z_]+): ([\s\S]*)$/.exec(message);
  if (own !== null) return new EngineFailure(own[1]!, own[2]!.trim());
  if (message.includes('null_padding in conjunction with quoted new lines')) {
    return notImplemented('line breaks inside quoted CSV cells');
  }
  if (message.startsWith('Permission Error: Cannot access file'))
    return new EngineFailure('PERMISSION_DENIED', OUTSIDE);
  if (/^IO Error: (?:No files found|Cannot open file .*No such file)|^ENOENT: .*\/objects\//.test(message))
    return new EngineFailure('HIVE_CANNOT_OPEN_SPLIT', 'Error opening Hive split: a file of the table was deleted');
  if (/invalid unicode|not utf-8 encoded/i.test(message)) return notImplemented('text that is not UTF-8');
  if (/maximum line size/i.test(message)) return notImplemented('a line of text of more than 2 MB');
  return undefined;
}

/** The failure without the places of files on this machine. */
export function withoutPaths(failure: EngineFailure, dir: string): EngineFailure {
  if (!failure.message.includes(dir)) return failure;
  const { code, bytesScanned, cancelled } = failure;
  const message = failure.message.replaceAll(dir, '(lake)');
  return new EngineFailure(code, message, { bytesScanned, cancelled });
}

function fromDuckDb(message: string): EngineFailure {
  const mapped = runtimeError(message);
  return new EngineFailure(mapped.code, withPlace(mapped));
}
