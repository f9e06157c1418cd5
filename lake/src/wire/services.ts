import { join } from 'node:path';
import type { Engine } from '../athena/engine.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { LakeCatalog } from '../catalog/lake-catalog.ts';
import type { Faults } from '../faults/faults.ts';
import { withQueryFaults } from '../faults/query-faults.ts';
import type { Sns } from '../sns/service.ts';
import type { FileStore } from '../store/file-store.ts';
import type { FindJsonService } from './json-protocol.ts';
import { type JsonService, type ServiceContext, WireError } from './json-service.ts';

export interface Services {
  readonly find: FindJsonService;
  readonly sns: () => Promise<Sns>;
  readonly compile: (body: unknown) => Promise<unknown>;
  close(): Promise<void>;
}

export interface ServiceParts {
  readonly dir: string;
  readonly store: FileStore;
  readonly context: ServiceContext;
  readonly faults: Faults;
  /** What executes instead of DuckDB, which then is not loaded. */
  readonly openEngine?: OpenEngine;
}

export type OpenEngine = (parts: { readonly objects: FileStore; readonly catalog: Catalog }) => Promise<Engine>;

type Closing<T> = T & { readonly close: () => Promise<void> };

/** Glue, Athena and SNS, loaded when they are first asked for: DuckDB and the SQL grammar take long to load. */
export function createServices(parts: ServiceParts): Services {
  const catalog = once(() => openCatalog(parts));
  const glue = once(async (): Promise<JsonService> => {
    const { createGlueService } = await import('../glue/service.ts');
    return createGlueService({ catalog: await catalog.get() });
  });
  const athena = once(async () => openAthena(parts, await catalog.get()));
  const sns = once(() => openSns(parts));
  return {
    sns: sns.get,
    find: (target) => (target === 'AWSGlue' ? glue.get() : athena.get()),
    async compile(body) {
      const { compileRequest } = await import('../engine/compile.ts');
      try {
        return compileRequest(body);
      } catch (error) {
        throw error instanceof TypeError ? new WireError('BadCompileRequest', error.message) : error;
      }
    },
    async close() {
      await (await athena.opened())?.close();
      await (await catalog.opened())?.close();
      (await sns.opened())?.close();
    },
  };
}

async function openCatalog({ dir, context }: ServiceParts): Promise<Closing<LakeCatalog>> {
  const { createCatalog } = await import('../catalog/store.ts');
  return createCatalog(join(dir, 'catalog'), { account: context.account });
}

async function openSns({ dir, context }: ServiceParts): Promise<Sns> {
  const [{ createSns }, { openTopics }] = await Promise.all([import('../sns/service.ts'), import('../sns/topics.ts')]);
  return createSns(openTopics(join(dir, 'sns')), context);
}

async function openAthena(parts: ServiceParts, catalog: LakeCatalog): Promise<Closing<JsonService>> {
  const { dir, store, context, openEngine } = parts;
  const duckDb: OpenEngine = async (services) => {
    const { createEngine } = await import('../engine/engine.ts');
    return createEngine({ ...services, dir, ...context });
  };
  const [{ createAthenaService }, opened] = await Promise.all([
    import('../athena/service.ts'),
    (openEngine ?? duckDb)({ objects: store, catalog }),
  ]);
  const engine = withQueryFaults(opened, parts.faults);
  // An engine elsewhere has a queue of its own.
  const concurrency = openEngine === undefined ? {} : { concurrency: 20 };
  return createAthenaService({ dir: join(dir, 'athena'), catalog, store, engine, ...concurrency });
}

/** Opens at the first call; a failure is not kept, so that the next call tries again. */
function once<T>(open: () => Promise<T>): { get(): Promise<T>; opened(): Promise<T | undefined> } {
  let opening: Promise<T> | undefined;
  return {
    get() {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    opened: async () => opening?.catch(() => undefined),
  };
}
