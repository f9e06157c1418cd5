import type { EngineRequest } from '../athena/engine.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Expression } from '../sql/index.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Footers } from './scan/footer.ts';
import type { PlainText } from './scan/plain-text.ts';
import type { Connection, Session } from './session.ts';

/** What lives as long as the engine. */
export interface EngineServices {
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  readonly session: Session;
  readonly footers: Footers;
  readonly plainText: PlainText;
  /** A path for a new file on the store's file system; whoever makes the file gives it away or removes it. */
  newFile(): string;
}

/** One statement at work: its request and a DuckDB connection of its own. */
export interface StatementContext extends EngineServices {
  readonly request: EngineRequest;
  readonly connection: Connection;
  /** The database of names that say none. */
  readonly database: string;
  /** Of EXECUTE ... USING; else those of the request hold. */
  readonly parameters?: readonly Expression[];
}
