import type { Answer } from './http.ts';
import { type RequestContext, WireError } from './json-service.ts';
import { type XmlChild, xmlDocument } from './xml.ts';

/** A call of the Query protocol: a form in, XML out. */
export interface QueryCall {
  readonly parameters: ReadonlyMap<string, string>;
  /** Access key id of the request's signature; undefined where it is unsigned. */
  readonly accessKey: string | undefined;
  readonly context: RequestContext;
}

/** Gives the children of `<ActionResult>`. */
export type QueryOperation = (call: QueryCall) => Promise<readonly XmlChild[]>;

/** A service that is spoken to so. */
export interface QueryService {
  readonly name: 'sts' | 'sns';
  run(call: QueryCall): Promise<Answer>;
  fail(error: unknown, context: RequestContext): Answer;
}

export function queryAnswer(action: string, namespace: string, result: readonly XmlChild[], requestId: string): Answer {
  const children: XmlChild[] = [
    [`${action}Result`, result],
    ['ResponseMetadata', [['RequestId', requestId]]],
  ];
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: xmlDocument(`${action}Response`, namespace, children),
  };
}

export function queryErrorAnswer(error: unknown, namespace: string, internal: string, requestId: string): Answer {
  const why = 'The request processing has failed because of an unknown error, exception or failure.';
  const refusal = error instanceof WireError ? error : new WireError(internal, why, 500);
  const told: XmlChild[] = [
    ['Type', refusal.status < 500 ? 'Sender' : 'Receiver'],
    ['Code', refusal.code],
    ['Message', refusal.message],
  ];
  return {
    status: refusal.status,
    headers: { 'content-type': 'text/xml' },
    error: refusal.code,
    body: xmlDocument('ErrorResponse', namespace, [
      ['Error', told],
      ['RequestId', requestId],
    ]),
  };
}

/** The members of a list or map, each with its own parameters by what follows its number: `Tags.member.1.Key`. */
export function membersOf(
  parameters: ReadonlyMap<string, string>,
  prefix: string,
): readonly ReadonlyMap<string, string>[] {
  const members = new Map<number, Map<string, string>>();
  for (const [name, value] of parameters) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const [, number, rest = ''] = /^([1-9]\d{0,3})(?:\.(.+))?$/s.exec(name.slice(prefix.length + 1)) ?? [];
    if (number === undefined) throw new WireError('MalformedQueryString', `The parameter ${name} is malformed`);
    const member = members.get(Number(number)) ?? new Map<string, string>();
    members.set(Number(number), member.set(rest, value));
  }
  return [...members].sort(([one], [other]) => one - other).map(([, member]) => member);
}
