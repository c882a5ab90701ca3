/**
 * The subsets of JSON Schema that the providers take for structured output. What they refuse, they refuse with a 400
 * before anything is generated, so a request that works here must not fail there.
 */
import { isRecord } from '../read-input';
import type { InputRecord } from '../read-input';

type Check = (schema: InputRecord, context: string) => string | undefined;

/** OpenAI, strict: every object is closed and requires all of its properties. The problem, or undefined. */
export function checkStrictSchema(schema: InputRecord): string | undefined {
  if (schema['type'] !== 'object') return 'schema must be a JSON Schema of \'type: "object"\'.';
  return findProblem(schema, [], (node, context) => {
    const properties = node['properties'];
    if (node['type'] !== 'object' && properties === undefined) return undefined;
    if (node['additionalProperties'] !== false) {
      return `In context=${context}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const required = Array.isArray(node['required']) ? (node['required'] as unknown[]) : [];
    const missing = Object.keys(isRecord(properties) ? properties : {}).find((key) => !required.includes(key));
    if (missing === undefined) return undefined;
    const rule = "'required' is required to be supplied and to be an array including every key in properties";
    return `In context=${context}, ${rule}. Missing '${missing}'.`;
  });
}

const numericBounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
const stringBounds = ['minLength', 'maxLength'];

/** Anthropic: closed objects, and no bounds but `minItems` 0 or 1. The problem, or undefined. */
export function checkBoundlessSchema(schema: InputRecord): string | undefined {
  return findProblem(schema, [], (node) => {
    const type = String(node['type']);
    if (type === 'object' && node['additionalProperties'] !== false) {
      return "For 'object' type, 'additionalProperties' must be explicitly set to false";
    }
    if (![undefined, 0, 1].includes(node['minItems'] as number | undefined)) {
      return "For 'array' type, 'minItems' values other than 0 or 1 are not supported";
    }
    const unsupported = [...numericBounds, ...stringBounds, 'maxItems'].filter((key) => node[key] !== undefined);
    return unsupported.length === 0
      ? undefined
      : `For '${type}' type, properties ${unsupported.join(', ')} are not supported`;
  });
}

function findProblem(node: unknown, path: readonly string[], check: Check): string | undefined {
  if (!isRecord(node)) return undefined;
  const context = `(${path.map((step) => `'${step}'`).join(', ')})`;
  const own = check(node, context);
  if (own !== undefined) return own;
  for (const { step, child } of childrenOf(node)) {
    const problem = findProblem(child, [...path, ...step], check);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function childrenOf(node: InputRecord): { step: readonly string[]; child: unknown }[] {
  const maps = ['properties', '$defs', 'definitions'].flatMap((key) => {
    const map = node[key];
    return isRecord(map) ? Object.entries(map).map(([name, child]) => ({ step: [key, name], child })) : [];
  });
  const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((key) => {
    const list: unknown = node[key];
    return Array.isArray(list) ? list.map((child: unknown, index) => ({ step: [key, String(index)], child })) : [];
  });
  return [...maps, ...lists, { step: ['items'], child: node['items'] }];
}
