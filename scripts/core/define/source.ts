/** A file of the repository, as text; `path` is relative to the folder that holds pipeline/, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}
