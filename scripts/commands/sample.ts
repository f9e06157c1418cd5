import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import type { SampleFile, SampleTarget } from '../core/model/sample.ts';
import { isDay } from '../core/partition/index.ts';
import { bytesText } from '../core/render/text.ts';

export interface SampleResult {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  readonly target: string;
}

/** Writes every file in turn and tells how far it is; stops between files on the signal. */
export async function writeSample(
  files: readonly SampleFile[],
  target: SampleTarget,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<SampleResult> {
  let bytes = 0;
  let rows = 0;
  for (const [index, file] of files.entries()) {
    signal.throwIfAborted();
    bytes += (await target.write(file, signal)).bytes;
    rows += file.rows;
    progress(`sample: ${index + 1} of ${files.length} files, ${rows.toLocaleString('en')} rows, ${bytesText(bytes)}`);
  }
  return { files: files.length, rows, bytes, target: target.label };
}

/** Prints the result of `sample`. */
export function printSample(result: SampleResult, json: boolean): ExitCode {
  const text = json
    ? JSON.stringify(result)
    : `${result.files} files, ${result.rows.toLocaleString('en')} rows, ${bytesText(result.bytes)} in ${result.target}`;
  process.stdout.write(`${text}\n`);
  return EXIT.done;
}

/** A day given by a flag, checked: yyyy-MM-dd and in the calendar. */
export function dayFlag(name: string, day = ''): string {
  if (!isDay(day)) {
    throw new UserError(
      `--${name} ${JSON.stringify(day)} is not a day`,
      'give a day as yyyy-MM-dd, for instance 2025-03-23',
    );
  }
  return day;
}
