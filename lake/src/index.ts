export { startLake } from './server.ts';

export interface LakeOptions {
  /** Folder that holds everything: objects, catalog, query history. Made if missing. */
  readonly dir: string;
  /** 0 or left out: a free port. */
  readonly port?: number;
  /** Default 127.0.0.1; anything else is said aloud by the command line. */
  readonly host?: string;
  /** Default 000000000000. */
  readonly account?: string;
  /** Default us-east-1. */
  readonly region?: string;
  /** A Trino that executes instead of DuckDB; it must be starting or running, with a catalog that has this lake as Glue and S3. */
  readonly trino?: {
    /** `http://[user[:password]@]host:port` */
    readonly url: string;
    /** Default awsdatacatalog. */
    readonly catalog?: string;
    /** How long one whose port is still closed is waited for; default 30 s. */
    readonly waitMs?: number;
  };
}

export interface Lake {
  readonly url: string;
  /** True where another process already serves this folder and `url` is its address. */
  readonly joined: boolean;
  stop(): Promise<void>;
}
