import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import allowSchema from '../../../schemas/allow.schema.json' with { type: 'json' };
import backfillSchema from '../../../schemas/backfill.schema.json' with { type: 'json' };
import lakeSchema from '../../../schemas/lake.schema.json' with { type: 'json' };
import tableSchema from '../../../schemas/table.schema.json' with { type: 'json' };
import viewSchema from '../../../schemas/view.schema.json' with { type: 'json' };
import type { Finding } from '../model/finding.ts';
import { fault, type RuleId } from '../rules/catalogue.ts';
import { at, keyPlace, type Path, placeOf, plain, type Tree } from './tree.ts';
import { quote } from './yaml.ts';

export type SchemaName = 'lake' | 'table' | 'view' | 'allow' | 'backfill';

const SCHEMAS: Readonly<Record<SchemaName, object>> = {
  lake: lakeSchema,
  table: tableSchema,
  view: viewSchema,
  allow: allowSchema,
  backfill: backfillSchema,
};

/** What a schema says of a value that its author should read as a sentence, not as a keyword. */
interface SchemaRule {
  readonly id: RuleId;
  readonly message: string;
  readonly cure: string;
}

const compiled = new Map<SchemaName, ValidateFunction>();

function validatorOf(name: SchemaName): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    discriminator: true,
    strictTypes: false,
    strictRequired: false,
  });
  ajv.addKeyword('x-rule');
  const validator = ajv.compile(SCHEMAS[name]);
  compiled.set(name, validator);
  return validator;
}

/** Findings of one file against its schema, at the key or value that each is about. */
export function checkSchema(name: SchemaName, tree: Tree): readonly Finding[] {
  const validator = validatorOf(name);
  if (validator(plain(tree))) return [];
  const seen = new Set<string>();
  return (validator.errors ?? []).flatMap((error) => {
    const finding = explain(error, tree);
    const key = finding && `${finding.place.line}:${finding.place.column} ${finding.rule} ${finding.message}`;
    if (finding === undefined || key === undefined || seen.has(key)) return [];
    seen.add(key);
    return [finding];
  });
}

function explain(error: ErrorObject, tree: Tree): Finding | undefined {
  // The branches of a oneOf say only what the oneOf itself says better; those below a discriminator count.
  if (/\/oneOf\/\d+\/(required|type)$/.test(error.schemaPath) && !/projected/.test(error.schemaPath)) return undefined;
  if (error.keyword === 'propertyNames') return undefined;
  const path = steps(error.instancePath);
  const value = at(tree, path);
  const finding = (place: Finding['place'], rule: RuleId, message: string, cure: string): Finding =>
    fault(rule, place, message, cure);
  const parameters = error.params as Readonly<Record<string, unknown>>;
  const rule = (error.parentSchema as { 'x-rule'?: SchemaRule } | undefined)?.['x-rule'];
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(parameters.additionalProperty);
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      const like = nearest(key, known);
      // { description: Orders, typed }: the second word is a key without a value to YAML.
      const comma = isNothing(at(tree, [...path, key]))
        ? ', or put the text before it in quotes if this is part of it'
        : '';
      const cure = like === undefined ? `use one of ${known.join(', ')}${comma}` : `did you mean ${quote(like)}?`;
      return finding(keyPlace(tree, [...path, key]), 'unknown-key', `unknown key ${quote(key)}`, cure);
    }
    case 'required': {
      const key = String(parameters.missingProperty);
      return finding(placeOf(tree, path), 'missing-key', `the key ${quote(key)} is missing`, `add ${key}: ...`);
    }
    case 'type':
      return finding(
        placeOf(tree, path),
        'wrong-type',
        typeMessage(value, parameters.type),
        typeCure(value, parameters.type),
      );
    case 'pattern':
      if (error.propertyName !== undefined) {
        const place = keyPlace(tree, [...path, error.propertyName]);
        const message = `${quote(error.propertyName)} is not a name`;
        return finding(place, 'role-name', message, 'use lower-case letters, digits and underscores');
      }
      break;
    case 'enum':
    case 'const': {
      const allowed = (parameters.allowedValues ?? [parameters.allowedValue]) as readonly unknown[];
      return finding(
        placeOf(tree, path),
        'bad-value',
        `${show(value)} is not allowed here`,
        `use one of ${allowed.join(', ')}`,
      );
    }
    case 'discriminator': {
      const place = placeOf(tree, [...path, 'type']);
      return finding(place, 'bad-value', 'unknown projection type', 'use one of date, integer, enum, injected');
    }
  }
  if (rule !== undefined) return finding(placeOf(tree, path), rule.id, rule.message, rule.cure);
  return finding(
    placeOf(tree, path),
    'bad-value',
    `${show(value)} ${error.message ?? 'is wrong'}`,
    'correct the value',
  );
}

function steps(pointer: string): Path {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'keys with values',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function typeMessage(value: Tree | undefined, wanted: unknown): string {
  const wants = [wanted].flat().map((kind) => KINDS[String(kind)] ?? String(kind));
  return `${show(value)} stands where ${wants.join(' or ')} belongs`;
}

function typeCure(value: Tree | undefined, wanted: unknown): string {
  if (wanted === 'string' && value?.kind === 'scalar' && value.value !== null) return 'put it in quotes';
  if (wanted === 'array') return 'write it as a list: [a, b]';
  const wants = [wanted].flat().map((kind) => KINDS[String(kind)] ?? String(kind));
  return `write ${wants.join(' or ')}`;
}

function show(value: Tree | undefined): string {
  if (value === undefined) return 'nothing';
  if (value.kind === 'map') return 'a map of keys';
  if (value.kind === 'list') return 'a list';
  if (value.value === null) return 'nothing';
  return typeof value.value === 'string' ? quote(value.value) : String(value.value);
}

function isNothing(value: Tree | undefined): boolean {
  return value !== undefined && value.kind !== 'map' && value.kind !== 'list' && value.value === null;
}

/** The known word closest to what was written, if it is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .filter((candidate) => Math.abs(candidate.length - word.length) <= 2)
    .map((candidate) => ({ candidate, distance: editDistance(word.slice(0, 64).toLowerCase(), candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + change));
    }
    previous = row;
  }
  return previous[b.length]!;
}
