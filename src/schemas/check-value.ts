/** Values against JSON Schemas that were not made here: tools bring their own. */
import type { z } from 'zod';
import type { JsonValue } from '../contracts/json';
import type { JsonSchema } from '../contracts/settings';
import type { Zod } from './zod';

/** Issues go back to the model and into a failure's details: both are better short. */
const longestIssues = 2_000;

/** One reader per schema: a tool is called often, and its schema is the same object for as long as the process lives. */
export function createSchemaCheck(z: Zod): (schema: JsonSchema, value: JsonValue) => string | undefined {
  const readers = new WeakMap<JsonSchema, z.ZodType | null>();
  return (schema, value) => {
    const known = readers.get(schema);
    const reader = known === undefined ? readerOf(z, schema) : known;
    readers.set(schema, reader);
    const parsed = reader?.safeParse(value);
    return parsed === undefined || parsed.success ? undefined : listIssues(parsed.error.issues);
  };
}

/** Null for a schema that zod cannot read: the activity that gets the arguments has to look at them itself. */
function readerOf(z: Zod, schema: JsonSchema): z.ZodType | null {
  try {
    return z.fromJSONSchema(schema);
  } catch {
    return null;
  }
}

export function listIssues(issues: readonly z.core.$ZodIssue[]): string {
  const lines = issues.map(
    ({ path, message }) => `${path.length === 0 ? '(whole answer)' : path.join('.')}: ${message}`,
  );
  let text = '';
  for (const [index, line] of lines.entries()) {
    const more = `… and ${lines.length - index} more`;
    if (text.length + line.length + more.length + 2 > longestIssues)
      return text === '' ? line.slice(0, longestIssues) : `${text}\n${more}`;
    text = text === '' ? line : `${text}\n${line}`;
  }
  return text;
}
