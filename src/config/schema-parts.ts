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
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const plainName = { pattern: namePattern, words: 'letters, digits, ".", "_" and "-" (at most 64)' };

/** Tenants are named by whoever starts a run, so they have the form the client takes. */
export const tenantName = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._@+=-]{0,199}$/,
  words: 'letters, digits and ". _ @ + = -" (at most 200)',
};

export function named<Value extends z.ZodType>(value: Value, what: string, name = plainName) {
  const error: z.core.$ZodErrorMap = (issue) =>
    issue.code === 'invalid_key'
      ? `expected a name of ${name.words} in ${what}`
      : `expected a map from names to ${what}`;
  return z.record(z.string().regex(name.pattern), value, { error });
}

export function text(pattern: RegExp, expected: string) {
  const error = `expected ${expected}`;
  return z.string({ error }).regex(pattern, { error, abort: true });
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  const choices = [values.slice(0, -1).join(', '), ...values.slice(-1)].join(' or ');
  return z.enum(values, { error: `expected ${choices}` });
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

export const aboveZero = number('a whole number > 0', { whole: true, above: 0 });
export const weight = number('a number > 0', { above: 0 });
export const share = number('a number from 0 to 1', { min: 0, max: 1 });
export const flag = z.boolean({ error: 'expected true or false' });
export const label = text(namePattern, 'a name');
export const variant = text(/^[a-z0-9][a-z0-9-]{0,63}$/, 'the name of a prompt variant, such as claude');
export const isText = (value: unknown): boolean => typeof value === 'string';

/**
 * One of two forms of the same thing, told apart by their looks alone, so that a mistake is reported in the words of
 * the form that was meant. (A zod union would report both.)
 */
export function eitherForm<Short extends z.ZodType, Long extends z.ZodType>(
  isShort: (value: unknown) => boolean,
  forms: { readonly short: Short; readonly long: Long },
) {
  return z.unknown().transform((value, context): z.output<Short> | z.output<Long> => {
    const checked = (isShort(value) ? forms.short : forms.long).safeParse(value, { reportInput: true });
    if (checked.success) return checked.data;
    context.issues.push(...(checked.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });
}
