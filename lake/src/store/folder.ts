import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LakeError } from '../wire/lake-error.ts';

/** One process serves a folder. The lock file says which, and where; a second process joins it or takes a dead one's place. */
export interface FolderLock {
  readonly id: string;
  readonly foldsCase: boolean;
  /** Tells others where this process listens. */
  publish(url: string): void;
  /** Says that this process is about to stop: a second one then waits for `release`. */
  retract(): void;
  release(): void;
}

export type Held =
  | {
      readonly kind: 'owned';
      readonly lock: FolderLock /** The last owner did not stop in order. */;
      readonly crashed: boolean;
    }
  | { readonly kind: 'joined'; readonly url: string; readonly pid: number };

interface LockFile {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  readonly url?: string;
}

interface FolderFacts {
  readonly id: string;
  readonly format: 1;
  /** True where the file system takes `A` and `a` for one name: keys are then written with upper case escaped. */
  readonly foldsCase: boolean;
}

/** What the health endpoint of whoever listens at `url` calls its folder; 'refused': nobody listens; undefined: no answer. */
export type AskOwner = (url: string) => Promise<{ readonly id: string } | 'refused' | undefined>;

const WAIT_FOR_OWNER_MS = 5000;

/** Makes the folder if needed and takes its lock, or finds who has it. */
export async function holdFolder(dir: string, askOwner: AskOwner): Promise<Held> {
  const facts = openFolder(dir);
  const path = join(dir, 'lake.lock');
  const mine: LockFile = { token: randomUUID(), pid: process.pid, host: hostname() };
  const until = Date.now() + WAIT_FOR_OWNER_MS;
  let crashed = false;
  for (;;) {
    if (create(path, mine)) return { kind: 'owned', lock: ownedLock(path, mine, facts), crashed };
    const other = read(path);
    if (!other) continue;
    if (other.host !== mine.host) throw heldElsewhere(dir, other);
    const answer = other.url === undefined ? undefined : await askOwner(other.url);
    const id = typeof answer === 'object' ? answer.id : undefined;
    if (other.url !== undefined && id === facts.id) return { kind: 'joined', url: other.url, pid: other.pid };
    // A number that lives but does not listen where it said belongs to another program by now.
    const gone = !isAlive(other.pid) || answer === 'refused' || id !== undefined;
    if (gone) crashed = setAside(path, other) || crashed;
    else if (Date.now() > until) throw noAnswer(dir, other);
    else await sleep(50);
  }
}

function openFolder(dir: string): FolderFacts {
  try {
    makeFolder(dir);
    const path = join(dir, 'lake.json');
    if (!existsSync(path)) {
      refuseOthers(dir);
      // Written beside and linked into place: of two processes that start at once, one makes the folder's identity.
      const draft = `${path}.${randomUUID()}`;
      writeFileSync(draft, '{}', { flag: 'wx' });
      const foldsCase = existsSync(join(dir, `LAKE.JSON${draft.slice(path.length)}`));
      writeFileSync(draft, `${JSON.stringify({ id: randomUUID(), format: 1, foldsCase } satisfies FolderFacts)}\n`);
      try {
        linkSync(draft, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      } finally {
        rmSync(draft, { force: true });
      }
    }
    const facts = JSON.parse(readFileSync(path, 'utf8')) as FolderFacts;
    if (facts.format !== 1)
      throw new LakeError(
        `${dir} was written by a newer lake (format ${String(facts.format)})`,
        'use that version, or another --dir',
      );
    return facts;
  } catch (error) {
    if (error instanceof LakeError) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new LakeError(`cannot use the folder ${dir}: ${reason}`, 'choose one that can be written with --dir');
  }
}

/** What a file system, Git or a desktop puts into folders by itself. */
const HARMLESS: ReadonlySet<string> = new Set(['lost+found', '.gitkeep', '.gitignore', '.DS_Store']);

/** A folder with other things in it is somebody's: a mistyped --dir would lay a lake among them. */
function refuseOthers(dir: string): void {
  // The lake's own are of another process, which makes this a lake just now or was killed at it.
  const others = readdirSync(dir).filter((name) => !HARMLESS.has(name) && !/^lake\.(?:json|lock)(?:\.|$)/.test(name));
  if (others.length === 0) return;
  const some = others.sort().slice(0, 3).join(', ');
  const more = others.length > 3 ? ` and ${others.length - 3} more` : '';
  throw new LakeError(
    `${dir} has other files in it (${some}${more}) and is no lake`,
    'give an empty or a new folder with --dir',
  );
}

/** Node's own recursive mkdir never returns where a file system refuses as `/proc` does: it tries the same again. */
function makeFolder(dir: string): void {
  if (existsSync(dir)) return;
  makeFolder(dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function create(path: string, lock: LockFile): boolean {
  // Linked, not written in place: nobody ever reads half a lock.
  const draft = `${path}.${lock.token}`;
  writeFileSync(draft, JSON.stringify(lock));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(path: string): LockFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { token: '', pid: 0, host: hostname() }; // not ours, or damaged: nobody alive wrote it
  }
}

/** Takes a dead owner's lock away; where somebody was faster and it is a fresh one, puts it back. */
function setAside(path: string, dead: LockFile): boolean {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (read(aside)?.token !== dead.token) linkSync(aside, path);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(aside, { force: true });
  }
}

function ownedLock(path: string, mine: LockFile, facts: FolderFacts): FolderLock {
  const write = (lock: LockFile) => {
    const draft = `${path}.${mine.token}`;
    writeFileSync(draft, JSON.stringify(lock));
    renameSync(draft, path);
  };
  return {
    id: facts.id,
    foldsCase: facts.foldsCase,
    publish: (url) => write({ ...mine, url }),
    retract() {
      try {
        write(mine);
      } catch {
        // The folder is gone, and the lock with it: stopping must go on.
      }
    },
    release() {
      if (read(path)?.token === mine.token) rmSync(path, { force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function heldElsewhere(dir: string, other: LockFile): LakeError {
  return new LakeError(
    `${dir} is held by process ${other.pid} on the machine ${other.host}`,
    `stop it there, choose another --dir, or delete ${join(dir, 'lake.lock')} if it no longer runs`,
  );
}

function noAnswer(dir: string, other: LockFile): LakeError {
  return new LakeError(
    `${dir} is held by process ${other.pid}, which does not answer${other.url ? ` at ${other.url}` : ''}`,
    `stop that process, choose another --dir, or delete ${join(dir, 'lake.lock')} if it is no lake`,
  );
}
