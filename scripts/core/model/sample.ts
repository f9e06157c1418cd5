/** One file of sample data, its bytes made when they are asked for. */
export interface SampleFile {
  /** Key below the landing bucket. */
  readonly key: string;
  readonly rows: number;
  readonly chunks: () => Iterable<Uint8Array>;
}

/** Where sample files go: a folder, or the landing bucket of an environment. */
export interface SampleTarget {
  readonly label: string;
  write(file: SampleFile, signal: AbortSignal): Promise<{ readonly bytes: number }>;
}
