/**
 * The JSON Schema sent to providers. Their strict output modes (OpenAI's strict `json_schema`, Anthropic's structured
 * outputs) accept a part of JSON Schema only: every object closed, every key required, no bounds on lengths and
 * numbers. So bounds become words in the description, where a model can read them, and our own validation enforces
 * them. What has no counterpart is a problem that shows when the worker starts, not as a 400 in the first call.
 */
import type { JsonObject, JsonValue } from '../contracts/json';

export interface ProviderSchema {
  readonly schema: JsonObject;
  /** Each with its path; empty when providers accept the schema. */
  readonly problems: readonly string[];
}

/** Sent as they are. */
const kept = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  '$ref',
  '$defs',
];
/** Left out: they bind nobody. */
const ignored = ['$schema', '$id', 'title', 'description', 'default', 'examples', 'readOnly', 'oneOf'];
/** They bind, but no strict mode takes them and no description can stand for them. */
const refused =
  'allOf not if then else prefixItems contains propertyNames patternProperties dependentRequired dependentSchemas unevaluatedItems unevaluatedProperties'.split(
    ' ',
  );
const ranges = [
  ['minLength', 'maxLength', ' characters'],
  ['minItems', 'maxItems', ' items'],
  ['minimum', 'maximum', ''],
] as const;
const spoken = new Set([...kept, ...ignored, ...refused, ...ranges.flatMap(([lower, upper]) => [lower, upper])]);

export function toProviderSchema(schema: JsonObject): ProviderSchema {
  const problems: string[] = [];
  const simplified = simplify(schema, '', problems);
  if (simplified['type'] !== 'object') problems.push('(root): must be an object');
  return { schema: simplified, problems };
}

/** @param path - where in the output the schema applies; problems are pushed with it */
function simplify(value: JsonValue, path: string, problems: string[]): JsonObject {
  const schema = isObject(value) ? withoutTypeList(value) : {};
  const where = path === '' ? '(root)' : path;
  if (!['type', 'anyOf', '$ref', 'enum', 'const'].some((key) => key in schema)) {
    problems.push(`${where}: must have a type; strict output modes take no free values`);
  }
  for (const key of Object.keys(schema)) {
    if (refused.includes(key)) problems.push(`${where}: "${key}" is not accepted by strict output modes`);
  }
  if (schema['type'] === 'object') checkObject(schema, path, problems);
  const description = describe(schema);
  return {
    ...Object.fromEntries(
      Object.entries(schema)
        .filter(([key]) => kept.includes(key))
        .map(([key, own]) => [key, simplifyKeyword([key, own], path, problems)]),
    ),
    ...(description === '' ? {} : { description }),
  };
}

function simplifyKeyword([key, value]: [string, JsonValue], path: string, problems: string[]): JsonValue {
  if (key === 'anyOf') return (value as readonly JsonValue[]).map((option) => simplify(option, path, problems));
  if (key === 'items') return simplify(value, `${path}[]`, problems);
  if (key !== 'properties' && key !== '$defs') return value;
  const members = Object.entries(value as JsonObject);
  return Object.fromEntries(members.map(([name, own]) => [name, simplify(own, join(path, name), problems)]));
}

/** Alternatives instead of a list of types, which not every provider takes, and of the exclusive kind, which none does. */
function withoutTypeList(schema: JsonObject): JsonObject {
  const { type, oneOf, description, ...rest } = schema;
  if (oneOf !== undefined) return { ...schema, anyOf: oneOf };
  if (!Array.isArray(type)) return schema;
  const anyOf = (type as readonly JsonValue[]).map((one) => (one === 'null' ? { type: one } : { ...rest, type: one }));
  return { anyOf, ...(description === undefined ? {} : { description }) };
}

function checkObject(schema: JsonObject, path: string, problems: string[]): void {
  if (schema['additionalProperties'] !== false) {
    problems.push(
      `${path === '' ? '(root)' : path}: must name all its keys (z.strictObject); strict output modes take no others`,
    );
  }
  const required = (schema['required'] ?? []) as readonly string[];
  for (const key of Object.keys((schema['properties'] ?? {}) as JsonObject)) {
    if (!required.includes(key))
      problems.push(`${join(path, key)}: must be required; use .nullable() instead of .optional()`);
  }
}

function describe(schema: JsonObject): string {
  const { description } = schema;
  const bounds = [
    ...ranges.map(([lower, upper, unit]) => describeRange(boundOf(schema[lower]), boundOf(schema[upper]), unit)),
    ...Object.entries(schema)
      .filter(([key]) => !spoken.has(key))
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
  ].filter((bound) => bound !== '');
  const texts = [
    ...(typeof description === 'string' ? [description] : []),
    ...(bounds.length > 0 ? [`(${bounds.join(', ')})`] : []),
  ];
  return texts.join(' ');
}

function describeRange(from: number | undefined, to: number | undefined, unit: string): string {
  if (from === undefined) return to === undefined ? '' : `at most ${to}${unit}`;
  return to === undefined ? `at least ${from}${unit}` : `${from} to ${to}${unit}`;
}

/** zod bounds every integer by what a double can hold; that says nothing. */
function boundOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Math.abs(value) !== Number.MAX_SAFE_INTEGER ? value : undefined;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
