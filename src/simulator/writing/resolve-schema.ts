/** Makes one node of a JSON Schema ready to be filled: references followed, alternatives chosen, bounds collected. */
import { isRecord } from '../read-input';
import type { InputRecord } from '../read-input';

export type SchemaType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';

export interface SchemaNode {
  readonly type: SchemaType;
  /** The only values allowed, from `enum` or `const`. */
  readonly values?: readonly unknown[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  readonly items: unknown;
  readonly prefixItems: readonly unknown[];
  readonly uniqueItems: boolean;
  readonly format?: string;
  /** Of a text, also one that the description names. */
  readonly pattern?: RegExp;
  /** `minItems`, `maxLength`, `minimum` and the like, also those the description names. */
  readonly bounds: Readonly<Partial<Record<BoundName, number>>>;
}

const boundNames = [
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
] as const;
type BoundName = (typeof boundNames)[number];

/** Where providers take no bounds, SDKs write them into the description, e.g. `{minItems: 3, maxItems: 6}`. */
const describedBound = new RegExp(`\\b(${boundNames.join('|')})\\b["']?\\s*[:=]?\\s*(-?\\d+(?:\\.\\d+)?)`, 'g');

/** `isDeep`: the node lies so deep that an alternative without content is taken where there is one. */
export function resolveSchema(schema: unknown, root: InputRecord, isDeep: boolean): SchemaNode {
  const node = merge(schema, { root, isDeep, references: 0 });
  const values = Array.isArray(node['enum']) ? node['enum'] : 'const' in node ? [node['const']] : undefined;
  return {
    type: typeOf(node, isDeep),
    ...(values === undefined ? {} : { values }),
    properties: isRecord(node['properties']) ? node['properties'] : {},
    required: listOf(node['required']).map(String),
    items: node['items'],
    prefixItems: listOf(node['prefixItems']),
    uniqueItems: node['uniqueItems'] === true,
    ...(typeof node['format'] === 'string' ? { format: node['format'] } : {}),
    ...patternOf(node),
    bounds: boundsOf(node),
  };
}

/** More references in a row than this are a circle. */
const mostReferences = 20;

interface Merging {
  readonly root: InputRecord;
  readonly isDeep: boolean;
  /** References followed so far. */
  readonly references: number;
}

function merge(schema: unknown, merging: Merging): InputRecord {
  const { root, isDeep, references } = merging;
  if (!isRecord(schema) || references > mostReferences) return {};
  const { $ref, anyOf, oneOf, allOf, ...own } = schema;
  const follow = (part: unknown): InputRecord => merge(part, { root, isDeep, references: references + 1 });
  const parts = [
    ...(typeof $ref === 'string' ? [follow(lookUp(root, $ref))] : []),
    ...listOf(allOf).map(follow),
    ...[anyOf, oneOf].flatMap((list) => {
      const choice = chooseAlternative(listOf(list), isDeep);
      return choice === undefined ? [] : [follow(choice)];
    }),
  ];
  return [...parts, own].reduce<InputRecord>(combine, {});
}

function combine(a: InputRecord, b: InputRecord): InputRecord {
  const properties = { ...(a['properties'] as object | undefined), ...(b['properties'] as object | undefined) };
  const required = [...listOf(a['required']), ...listOf(b['required'])];
  // What an alternative says of its form stands beside what is said of all of them.
  const description = [a['description'], b['description']].filter((one) => typeof one === 'string').join(' ');
  return {
    ...a,
    ...b,
    ...(description === '' ? {} : { description }),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

function chooseAlternative(alternatives: readonly unknown[], isDeep: boolean): unknown {
  const isNull = (alternative: unknown): boolean => isRecord(alternative) && alternative['type'] === 'null';
  return alternatives.find((alternative) => isNull(alternative) === isDeep) ?? alternatives[0];
}

/** A JSON pointer such as `#/$defs/Section`. */
function lookUp(root: InputRecord, reference: string): unknown {
  const steps = reference
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<unknown>((node, step) => (isRecord(node) ? node[step] : undefined), root);
}

function typeOf(node: InputRecord, isDeep: boolean): SchemaType {
  const types = listOf(Array.isArray(node['type']) ? node['type'] : [node['type']]) as SchemaType[];
  const type = (isDeep ? types.find((one) => one === 'null') : undefined) ?? types.find((one) => one !== 'null');
  if (type !== undefined) return type;
  if (types[0] === 'null') return 'null';
  if ('properties' in node || 'additionalProperties' in node) return 'object';
  return 'items' in node || 'prefixItems' in node ? 'array' : 'string';
}

/** `(pattern: "^[A-Z]+$")`, in JSON's spelling; one that is no regular expression of ours binds nobody. */
const describedPattern = /\(pattern: ("(?:[^"\\]|\\.)*")\)/;

function patternOf(node: InputRecord): { pattern?: RegExp } {
  const described = describedPattern.exec(typeof node['description'] === 'string' ? node['description'] : '')?.[1];
  try {
    const source: unknown = node['pattern'] ?? (described === undefined ? undefined : JSON.parse(described));
    return typeof source === 'string' ? { pattern: new RegExp(source, 'u') } : {};
  } catch {
    return {};
  }
}

/** Whether null is one of the alternatives. */
export function isNullable(schema: unknown): boolean {
  return isRecord(schema) && listOf(schema['anyOf']).some((option) => isRecord(option) && option['type'] === 'null');
}

function boundsOf(node: InputRecord): Partial<Record<BoundName, number>> {
  const description = typeof node['description'] === 'string' ? node['description'] : '';
  const described = [...description.matchAll(describedBound)].map(
    ([, name = '', value]) => [name, Number(value)] as const,
  );
  const own = boundNames.flatMap((name) => (typeof node[name] === 'number' ? [[name, node[name]] as const] : []));
  return Object.fromEntries<number>([...described, ...own]);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
