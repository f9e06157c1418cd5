import { UserError } from '../core/model/exit.ts';
import type { CompileRequest, CompileResponse } from '../core/rules/index.ts';

export interface OpenLake {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the local lake of a folder (or joins the one that serves it); undefined where it is not installed. This is the
 * one place that knows the lake's package: everything else speaks to it over the wire.
 */
export async function openLake(options: { readonly dir: string }): Promise<OpenLake | undefined> {
  let lake: typeof import('weir-lake');
  try {
    lake = await import('weir-lake');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return await lake.startLake(options);
  } catch (error) {
    throw asUserError(error);
  }
}

/** What the lake says of a folder or port that it cannot have: it knows the cure, and its own kind of error. */
function asUserError(error: unknown): unknown {
  const { name, message, cure } = error as { name?: unknown; message: string; cure?: unknown };
  if (name !== 'LakeError' || typeof cure !== 'string') return error;
  const what = message.endsWith(`: ${cure}`) ? message.slice(0, -cure.length - 2) : message;
  // A verb's own --dir is the folder of pipeline/.
  return new UserError(`the local lake does not start: ${what}`, cure.replaceAll('--dir', 'WEIR_LAKE_DIR'), {
    cause: error,
  });
}

/**
 * Missing: the package, or a package that it needs (DuckDB), as in an install without dev packages. A file of the lake
 * that is not there is a fault to be seen.
 */
function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return missing && /^Cannot find (package |module '[^']*weir-lake(\/src\/index\.ts)?')/.test(String(message));
}

const COMPILE_MS = 60_000;

/** Asks a lake what every SELECT gives, without any of it being kept. */
export async function compile(url: string, request: CompileRequest, signal?: AbortSignal): Promise<CompileResponse> {
  const timeout = AbortSignal.timeout(COMPILE_MS);
  const response = await fetch(new URL('/_lake/compile', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (!response.ok) {
    const text = (await response.text()).slice(0, 500);
    throw new UserError(
      `the local lake could not compile the SELECTs (${response.status}): ${text}`,
      'report it as a fault of the local lake; --no-compile goes on without it',
    );
  }
  return (await response.json()) as CompileResponse;
}
