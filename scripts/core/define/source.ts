import type { Finding } from '../model/finding.ts';

/** A file of the repository, as text; `path` is relative to the folder that holds pipeline/, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What stands below pipeline/, and what there could not be taken as text. */
export interface Pipeline {
  readonly files: readonly SourceFile[];
  /** Files that are no text, links, empty folders. */
  readonly findings: readonly Finding[];
}
