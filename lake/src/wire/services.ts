import type { FileStore } from '../store/file-store.ts';
import type { FindJsonService } from './json-protocol.ts';
import { type ServiceContext, WireError } from './json-service.ts';

export interface Services {
  readonly find: FindJsonService;
  readonly compile: (body: unknown) => Promise<unknown>;
  close(): Promise<void>;
}

/** Glue and Athena, loaded when they are first asked for: DuckDB and the SQL grammar take long to load. */
export function createServices(_dir: string, _store: FileStore, _context: ServiceContext): Services {
  return {
    async find() {
      throw new WireError('UnknownOperationException', 'The requested operation is not recognized by the service.');
    },
    async compile() {
      throw new WireError('NotImplemented', 'compile is not there yet', 501);
    },
    async close() {},
  };
}
