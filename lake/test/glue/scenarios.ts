import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { holds } from './holds.ts';

/** One call of a scenario, written in YAML. */
export interface Step {
  readonly call: string;
  readonly input: object;
  /** A part of the answer that must be there. */
  readonly answer?: object;
  /** Keeps members of the answer under these names (`{id: NamedQueryId}`); a text is short for `{<text>: NextToken}`. */
  readonly token?: string | Readonly<Record<string, string>>;
  readonly error?: string;
  readonly message?: string;
}

export interface Scenario {
  readonly scenario: string;
  readonly steps: readonly Step[];
}

export function readScenarios(file: URL): readonly Scenario[] {
  return parse(readFileSync(file, 'utf8')) as readonly Scenario[];
}

export type Answer = Record<string, unknown> & { readonly NextToken?: string };
export type Send = (call: string, input: object) => Promise<Answer>;

/** Sends a call by its name through an SDK's own client. */
export function sendBy(sdk: object, client: { send(command: never): Promise<unknown> }, call: string, input: object) {
  const Command = (sdk as Record<string, new (input: object) => unknown>)[`${call}Command`];
  assert.ok(Command, `the SDK has no ${call}`);
  return client.send(new Command(input) as never) as Promise<Answer>;
}

/** Plays the steps in order; `words` are what `$name` stands for. */
export async function play(send: Send, steps: readonly Step[], words: Map<string, string>): Promise<void> {
  for (const step of steps) {
    const { call, input, answer, token, error, message } = filledIn(step, words);
    const told = `${call} ${JSON.stringify(input)}`;
    const outcome = await send(call, input).catch((thrown: Error) => thrown);
    if (error !== undefined) {
      assert.ok(outcome instanceof Error, `${told} was not refused`);
      assert.equal(outcome.name, error, `${told}: ${outcome.message}`);
      assert.ok(outcome.message.includes(message ?? ''), `${told}: ${outcome.message}`);
      continue;
    }
    if (outcome instanceof Error) throw new Error(`${told}: ${outcome.name}: ${outcome.message}`);
    if (answer) holds(outcome, answer, told);
    const kept = typeof token === 'string' ? { [token]: 'NextToken' } : (token ?? {});
    for (const [name, member] of Object.entries(kept)) words.set(name, String(outcome[member] ?? 'missing'));
  }
}

/** The SDK wants a Date where YAML has a time. */
function filledIn<T>(value: T, words: ReadonlyMap<string, string>): T {
  const text = JSON.stringify(value).replace(/\$([A-Za-z]+)/g, (whole, word: string) => words.get(word) ?? whole);
  return JSON.parse(text, (key, part: unknown) => (key === 'AnalyzedTime' ? new Date(String(part)) : part)) as T;
}
