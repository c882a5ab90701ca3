/** What is wrong with the schema of a tool's arguments: said when the file is loaded, not by a provider's 400. */
import type { Problem } from './problems';

/** Deeper than any schema; an alias inside its own anchor would go on for ever. */
const deepest = 32;

export function toolSchemaProblem(schema: unknown): Problem | undefined {
  if (!isMap(schema)) return { path: [], text: 'expected a JSON Schema, a map with "type: object"' };
  if (schema['type'] !== 'object') {
    return { path: ['type'], text: 'expected object: arguments of a tool have names' };
  }
  return jsonProblem(schema, []) ?? propertyProblem(schema);
}

function propertyProblem({ properties = {}, required = [] }: Readonly<Record<string, unknown>>): Problem | undefined {
  if (!isMap(properties)) return { path: ['properties'], text: 'expected a map from names to schemas' };
  const notSchema = Object.entries(properties).find(([, each]) => !isMap(each) && typeof each !== 'boolean');
  if (notSchema !== undefined) return { path: ['properties', notSchema[0]], text: 'expected a schema' };
  if (!Array.isArray(required)) return { path: ['required'], text: 'expected a list of names' };
  const unknown = required.findIndex((name) => typeof name !== 'string' || !Object.hasOwn(properties, name));
  return unknown < 0 ? undefined : { path: ['required', unknown], text: 'expected a name among the properties' };
}

/** YAML also knows what JSON does not. */
function jsonProblem(value: unknown, path: readonly PropertyKey[]): Problem | undefined {
  if (typeof value === 'number' && !Number.isFinite(value))
    return { path, text: `expected a number, received ${value}` };
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length >= deepest) return { path: path.slice(0, 1), text: `expected at most ${deepest} levels` };
  for (const [key, member] of Object.entries(value)) {
    const problem = jsonProblem(member, [...path, Array.isArray(value) ? Number(key) : key]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
