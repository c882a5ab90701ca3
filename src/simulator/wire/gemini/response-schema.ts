/** Google's own schema language, an excerpt of OpenAPI's: types in capitals, `nullable`, integers as text. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';

const counts = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'];

export function toJsonSchema(schema: InputRecord): InputRecord {
  const entries = Object.entries(schema).map(([key, value]): readonly [string, unknown] => {
    if (key === 'type' && typeof value === 'string') return [key, value.toLowerCase()];
    if (counts.includes(key) && typeof value === 'string') return [key, Number(value)];
    if (key === 'items' && isRecord(value)) return [key, toJsonSchema(value)];
    if (key === 'anyOf' && Array.isArray(value)) return [key, value.filter(isRecord).map(toJsonSchema)];
    if (key === 'properties' && isRecord(value)) {
      const members = Object.entries(value).map(([name, member]) => [
        name,
        isRecord(member) ? toJsonSchema(member) : {},
      ]);
      return [key, Object.fromEntries(members)];
    }
    return [key, value];
  });
  return Object.fromEntries(entries);
}
