import type { JsonValue } from '../contracts/json';

/**
 * The value at a path such as `sections.0.title` or `sections[0].title`; undefined when there is none. `length` of a
 * list or a text is its length. The empty path is the whole value.
 */
export function valueAt(value: JsonValue, path: string): JsonValue | undefined {
  const steps = path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((step) => step !== '');
  return steps.reduce<JsonValue | undefined>(member, value);
}

function member(value: JsonValue | undefined, step: string): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return step === 'length' ? value.length : undefined;
  if (typeof value !== 'object') return undefined;
  if (Array.isArray(value) && step === 'length') return value.length;
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, JsonValue>>)[step] : undefined;
}
