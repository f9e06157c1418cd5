import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../store/journal.ts';
import { type Messages, openMessages, type PublishedMessage } from './messages.ts';

export interface Topic {
  readonly name: string;
  /** Those that were set; what every topic has besides is reckoned. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The topics of a lake in `topics.json`, and what was published to each of them in a file of its own. */
export interface Topics {
  get(name: string): Topic | undefined;
  /** By name. */
  list(): readonly Topic[];
  /** Makes a topic, or changes it. */
  put(topic: Topic): void;
  delete(name: string): void;
  publish(name: string, message: PublishedMessage): void;
  /** Oldest first. */
  messages(name: string): readonly PublishedMessage[];
  close(): void;
}

export function openTopics(dir: string): Topics {
  mkdirSync(dir, { recursive: true });
  const topics = new Map(readTopics(dir).map((topic) => [topic.name, topic]));
  const open = new Map<string, Messages>();
  const write = () => writeTopics(dir, [...topics.values()]);
  const messagesOf = (name: string): Messages => {
    const found = open.get(name) ?? openMessages(fileOf(dir, name));
    open.set(name, found);
    return found;
  };
  const forget = (name: string) => {
    open.get(name)?.close();
    open.delete(name);
    rmSync(fileOf(dir, name), { force: true });
  };
  return {
    get: (name) => topics.get(name),
    list: () => [...topics.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
    put(topic) {
      // A kill may have left the messages of a topic that is gone.
      if (!topics.has(topic.name)) forget(topic.name);
      topics.set(topic.name, topic);
      write();
    },
    delete(name) {
      if (!topics.delete(name)) return;
      write();
      forget(name);
    },
    publish: (name, message) => messagesOf(name).add(message),
    messages: (name) => messagesOf(name).list(),
    close() {
      for (const each of open.values()) each.close();
      open.clear();
    },
  };
}

/** Names that differ in case alone need files of their own everywhere, and one of 256 letters is too long for a file. */
function fileOf(dir: string, name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return join(dir, `${name.slice(0, 100)}-${hash}.jsonl`);
}

function readTopics(dir: string): readonly Topic[] {
  try {
    return (JSON.parse(readFileSync(join(dir, 'topics.json'), 'utf8')) as { readonly topics: readonly Topic[] }).topics;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** As a whole: a kill leaves the old list or the new one. */
function writeTopics(dir: string, topics: readonly Topic[]): void {
  const path = join(dir, 'topics.json');
  const descriptor = openSync(`${path}.new`, 'w');
  try {
    writeFileSync(descriptor, `${JSON.stringify({ topics }, undefined, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${path}.new`, path);
  syncFolder(dir);
}
