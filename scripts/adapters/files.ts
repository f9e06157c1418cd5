import { randomUUID } from 'node:crypto';
import { lstat, readdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Pipeline, SourceFile } from '../core/define/index.ts';
import { UserError } from '../core/model/exit.ts';
import type { Finding } from '../core/model/finding.ts';
import { type RuleId, fault as ruleFault } from '../core/rules/catalogue.ts';

/** Largest definition file that is read into memory. */
const MOST_BYTES = 1_000_000;
const MOST_FILES = 20_000;

/**
 * Reads everything below `<dir>/pipeline`. Links are not followed: a definition stands in the repository, and what a
 * pull request adds must not make a reader of it open files elsewhere.
 */
export async function readPipeline(dir: string): Promise<Pipeline> {
  const root = join(dir, 'pipeline');
  const kind = await lstat(root).catch(() => undefined);
  if (kind === undefined || !kind.isDirectory()) {
    const why = kind?.isSymbolicLink() ? 'is a link' : 'is not a folder';
    throw new UserError(
      `${root} ${why}`,
      'run this in the folder that holds pipeline/, or name that folder with --dir',
    );
  }
  const files: SourceFile[] = [];
  const findings: Finding[] = [];
  await readFolder(await realpath(root), 'pipeline', files, findings);
  return { files, findings };
}

async function readFolder(folder: string, path: string, files: SourceFile[], findings: Finding[]): Promise<void> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.length === 0) {
    findings.push({
      ...fault(path, 'empty-folder', 'an empty folder', 'remove it: git does not keep it either'),
      severity: 'warning',
    });
  }
  for (const entry of entries) {
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      await readFolder(`${folder}${sep}${entry.name}`, child, files, findings);
    } else if (!entry.isFile()) {
      const what = entry.isSymbolicLink() ? 'a symbolic link' : 'not an ordinary file';
      findings.push(fault(child, 'link', `${what}; it is not followed`, 'put the file itself here'));
    } else if (files.length >= MOST_FILES) {
      throw new UserError(`more than ${MOST_FILES} files below pipeline/`, 'keep data out of pipeline/');
    } else {
      await readText(`${folder}${sep}${entry.name}`, child, files, findings);
    }
  }
}

async function readText(file: string, path: string, files: SourceFile[], findings: Finding[]): Promise<void> {
  const { size } = await lstat(file);
  if (size > MOST_BYTES) {
    findings.push(
      fault(path, 'file-too-big', `${size} bytes`, `a definition has at most ${MOST_BYTES} bytes; split it`),
    );
    return;
  }
  const bytes = await readFile(file);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    files.push({ path, text });
  } catch {
    findings.push(fault(path, 'not-utf8', 'the file is not UTF-8 text', 'save it as UTF-8'));
  }
}

function fault(path: string, rule: RuleId, message: string, cure: string): Finding {
  return ruleFault(rule, { path, line: 1, column: 1 }, message, cure);
}

/** Writes a file that `readPipeline` gave, whole or not at all, and never through a link. */
export async function writePipelineFile(dir: string, path: string, text: string): Promise<void> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = join(dir, ...parts.slice(0, depth));
    if ((await lstat(part)).isSymbolicLink()) throw new UserError(`${part} is a link`, 'put the file itself there');
  }
  const target = join(dir, ...parts);
  const draft = `${target}.${randomUUID()}.tmp`;
  await writeFile(draft, text, { flag: 'wx' });
  await rename(draft, target);
}
