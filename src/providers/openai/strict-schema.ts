/**
 * OpenAI's strict mode makes the model unable to break the schema, but takes only a part of JSON Schema: closed
 * objects, all properties required, few keywords (https://developers.openai.com/api/docs/guides/structured-outputs).
 * Keywords that merely narrow or annotate are left out, for the answer is validated again anyway. A schema that
 * cannot be said without changing which values it *needs* to allow is sent as it is, without strict mode.
 */
import type { JsonObject, JsonValue } from '../../contracts/json';
import type { JsonSchema } from '../../contracts/settings';
import { isRecord } from '../wire-value';

// prettier-ignore
const kept = [
  'type', 'title', 'description', 'enum', 'const', '$ref', 'pattern', 'multipleOf', 'minimum', 'maximum',
  'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems', 'required', 'additionalProperties',
];
// prettier-ignore
const dropped = [
  '$schema', '$id', '$comment', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'format',
  'minLength', 'maxLength', 'uniqueItems', 'contentEncoding', 'contentMediaType',
];
/** A node without one of these allows any value, which strict mode refuses. */
const telling = ['type', '$ref', 'anyOf', 'oneOf'];

/** The schema as strict mode takes it; undefined when it cannot be said there. */
export function toStrictSchema(schema: JsonSchema): JsonSchema | undefined {
  return schema['type'] === 'object' ? strictNode(schema) : undefined;
}

function strictNode(node: JsonValue): JsonObject | undefined {
  if (!isSchemaObject(node) || !isClosed(node) || !telling.some((keyword) => keyword in node)) return undefined;
  const strict: Record<string, JsonValue> = {};
  for (const [keyword, value] of Object.entries(node)) {
    if (dropped.includes(keyword)) continue;
    const mapped = kept.includes(keyword) ? { name: keyword, value } : strictChildren(keyword, value);
    if (mapped === undefined) return undefined;
    strict[mapped.name] = mapped.value;
  }
  return strict;
}

/** Keywords that hold schemas. Exactly one of several becomes any of them: the validation afterwards is exact. */
function strictChildren(keyword: string, value: JsonValue): { name: string; value: JsonValue } | undefined {
  switch (keyword) {
    case 'properties':
    case '$defs':
      return named(keyword, strictMembers(value));
    case 'items':
      return named(keyword, strictNode(value));
    case 'anyOf':
    case 'oneOf':
      return named('anyOf', Array.isArray(value) ? strictList(value) : undefined);
    default:
      return undefined;
  }
}

function strictMembers(value: JsonValue): JsonObject | undefined {
  if (!isSchemaObject(value)) return undefined;
  const members = Object.entries(value).map(([name, node]) => [name, strictNode(node)] as const);
  return members.some(([, node]) => node === undefined) ? undefined : (Object.fromEntries(members) as JsonObject);
}

function strictList(nodes: readonly JsonValue[]): readonly JsonValue[] | undefined {
  const mapped = nodes.map(strictNode);
  return mapped.some((node) => node === undefined) ? undefined : (mapped as JsonObject[]);
}

function named(name: string, value: JsonValue | undefined): { name: string; value: JsonValue } | undefined {
  return value === undefined ? undefined : { name, value };
}

/** An object that lists all its keys, requires them all and allows no other. Anything but an object is closed. */
function isClosed(node: JsonObject): boolean {
  const isObject = node['type'] === 'object' || isRecord(node['properties']);
  if (!isObject) return true;
  const required = Array.isArray(node['required']) ? node['required'] : [];
  const names = Object.keys(isSchemaObject(node['properties']) ? node['properties'] : {});
  return node['additionalProperties'] === false && names.every((name) => required.includes(name));
}

function isSchemaObject(value: JsonValue | undefined): value is JsonObject {
  return isRecord(value);
}
