/** Building blocks of the configuration's schema: each says in words what it expects. */
import { z } from 'zod';
import { didYouMean } from './closest';

/** A map with exactly these keys. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  const error: z.core.$ZodErrorMap = (issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys
          .map((key) => {
            const name = key.slice(0, 64);
            return `unknown key ${JSON.stringify(name)}${didYouMean(name, known) || `, expected one of ${known.join(', ')}`}`;
          })
          .join('; ')
      : `expected a map with ${known.join(', ')}`;
  return z.strictObject(shape, { error });
}

/** Names stand in Redis keys and reservation ids, where `/`, `#`, `:` and `{}` have a meaning of their own. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function named<Value extends z.ZodType>(value: Value, what: string) {
  const error: z.core.$ZodErrorMap = (issue) =>
    issue.code === 'invalid_key'
      ? `expected a name of letters, digits, ".", "_" and "-" (at most 64) in ${what}`
      : `expected a map from names to ${what}`;
  return z.record(z.string().regex(namePattern), value, { error });
}

export function text(pattern: RegExp, expected: string) {
  const error = `expected ${expected}`;
  return z.string({ error }).regex(pattern, { error });
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `expected ${values.join(' or ')}` });
}

/** YAML 1.2 reads `150_000` as text; people write it for the number. */
function readGroupedDigits(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,3}(_\d{3})+$/.test(value) ? Number(value.replaceAll('_', '')) : value;
}

export function number(expected: string, range: { min?: number; max?: number; whole?: boolean; above?: number }) {
  const error = `expected ${expected}`;
  let schema = z.number({ error });
  if (range.whole === true) schema = schema.int({ error });
  if (range.min !== undefined) schema = schema.min(range.min, { error });
  if (range.above !== undefined) schema = schema.gt(range.above, { error });
  if (range.max !== undefined) schema = schema.max(range.max, { error });
  return z.preprocess(readGroupedDigits, schema);
}
