import type { Notice } from '../model/ports.ts';
import type { Told } from '../render/errors.ts';
import { plural, visible } from '../render/text.ts';
import { reasonText } from './failed.ts';

/** What is said of a load, or of a run that failed, to those who subscribed. */
export interface NoticeFacts {
  /**
   * `loaded`: a load was published and can be queried; `failed`: a table, or the whole run, did not get through; `blocked`: a
   * table was not loaded because one that it reads failed.
   */
  readonly state: 'loaded' | 'failed' | 'blocked';
  readonly environment: string;
  /** `database.table`; undefined where it is of the whole run. */
  readonly table: string | undefined;
  /** Of a load: a notice may come twice, with the same one. */
  readonly loadId?: string;
  /** As people call them, those that were published. */
  readonly partitions?: readonly string[];
  readonly rows?: number;
  readonly rejected?: number;
  readonly bytes?: number;
  readonly warnings?: readonly string[];
  readonly errors?: readonly Told[];
  readonly commit: string;
  /** Who ran it, as in a lease; told if it is an address. */
  readonly run: string;
  readonly time: string;
}

const MOST_LISTED = 5;

/** The notice that tells it: JSON that a mail shows well, bounded in every part. */
export function noticeOf(facts: NoticeFacts): Notice {
  const { state, table, warnings = [], errors = [], partitions, run, commit } = facts;
  const found = {
    state,
    environment: facts.environment,
    table,
    load_id: facts.loadId,
    partition_count: partitions?.length,
    partitions: partitions && listed(partitions),
    rows: facts.rows,
    rejected: facts.rejected,
    bytes: facts.bytes,
    warnings: warnings.length === 0 ? undefined : listed(warnings),
    errors: errors.length === 0 ? undefined : errors.slice(0, MOST_LISTED).map(errorOf),
    more_errors: errors.length > MOST_LISTED ? errors.length - MOST_LISTED : undefined,
    commit: commit === '' ? undefined : commit,
    run: /^https?:\/\//.test(run) ? run : undefined,
    time: facts.time,
  };
  return {
    subject: subjectOf(facts),
    message: JSON.stringify(found, undefined, 2),
    attributes: { state, environment: facts.environment, ...(table === undefined ? {} : { table }) },
  };
}

function errorOf({ where, message, cure }: Told) {
  return {
    where: where === undefined ? undefined : line(where),
    message: line(message),
    cure: cure === undefined ? undefined : line(cure),
  };
}

function listed(texts: readonly string[]): readonly string[] {
  const first = texts.slice(0, MOST_LISTED).map(line);
  return texts.length <= MOST_LISTED ? first : [...first, `and ${texts.length - MOST_LISTED} more`];
}

function line(text: string): string {
  return reasonText(visible(text));
}

/** Less than 100 characters of ASCII without line breaks: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function subjectOf({ state, environment, table = 'the run', partitions }: NoticeFacts): string {
  const head = `Weir ${environment}, ${state}: `;
  const counted = partitions === undefined ? '' : ` (${plural(partitions.length, 'partition')})`;
  const count = head.length + counted.length > MOST_LETTERS - LEAST_NAME ? '' : counted;
  const room = MOST_LETTERS - head.length - count.length;
  const name = table.length <= room ? table : `...${table.slice(3 - room)}`;
  return `${head}${name}${count}`.replaceAll(/[^ -~]/g, '?');
}

const MOST_LETTERS = 99;
/** So much of a table's name is told before its partitions are counted. */
const LEAST_NAME = 20;
