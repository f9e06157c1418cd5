import { WireError } from '../wire/json-service.ts';
import { membersOf } from '../wire/query-service.ts';
import type { MessageAttribute } from './messages.ts';
import type { SnsCall } from './operation.ts';

/** The attributes of a message: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
export function messageAttributesIn({ parameters }: SnsCall): Readonly<Record<string, MessageAttribute>> {
  const found = new Map<string, MessageAttribute>();
  for (const member of membersOf(parameters, 'MessageAttributes.entry')) {
    const name = member.get('Name') ?? '';
    if (found.has(name) || !isName(name)) throw refused(`The message attribute name '${name}' is not allowed.`);
    found.set(name, attributeOf(name, member));
  }
  return Object.fromEntries(found);
}

function isName(name: string): boolean {
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name) || /^\.|\.\.|\.$/.test(name)) return false;
  return !/^(aws|amazon)\./i.test(name);
}

function attributeOf(name: string, member: ReadonlyMap<string, string>): MessageAttribute {
  const type = member.get('Value.DataType') ?? '';
  const [, prefix] = /^(String|Number|Binary)(?:\..+)?$/.exec(type) ?? [];
  if (prefix === undefined)
    throw refused(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  const value = member.get(prefix === 'Binary' ? 'Value.BinaryValue' : 'Value.StringValue') ?? '';
  if (value === '')
    throw refused(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${prefix}'.`,
    );
  if (prefix === 'Number' && !Number.isFinite(Number(value)))
    throw refused(`Could not cast message attribute '${name}' value to number.`);
  if (type === 'String.Array' && !isArray(value)) throw refused(`The message attribute '${name}' is no array of JSON.`);
  return { type, value };
}

function isArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

function refused(message: string): WireError {
  return new WireError('ParameterValueInvalid', message);
}
