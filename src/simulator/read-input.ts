/** Checks of what people write into the config file and the control API. Every complaint names the field. */

export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(
    /** Path of the field, e.g. `limits.rpm`; empty for the whole document. */
    readonly field: string,
    problem: string,
  ) {
    super(field === '' ? problem : `${field}: ${problem}`);
  }
}

export type InputRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is InputRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with no other keys than these. */
export function readRecord(value: unknown, field: string, keys: readonly string[]): InputRecord {
  if (!isRecord(value)) throw new InputError(field, `expected an object, got ${show(value)}`);
  const unknownKey = Object.keys(value).find((key) => !keys.includes(key));
  if (unknownKey !== undefined) {
    throw new InputError(joinPath(field, unknownKey), `unknown field; known are ${keys.join(', ')}`);
  }
  return value;
}

export function readText(value: unknown, field: string, form?: { pattern: RegExp; says: string }): string {
  if (typeof value !== 'string' || value === '') throw new InputError(field, `expected text, got ${show(value)}`);
  if (form !== undefined && !form.pattern.test(value)) {
    throw new InputError(field, `expected ${form.says}, got ${show(value)}`);
  }
  return value;
}

export interface NumberRange {
  readonly min: number;
  readonly max?: number;
  readonly isInteger?: boolean;
}

export function readNumber(value: unknown, field: string, range: NumberRange): number {
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  const isValid = typeof value === 'number' && value >= range.min && value <= max;
  if (isValid && (range.isInteger !== true || Number.isInteger(value))) return value;
  const kind = range.isInteger === true ? 'a whole number' : 'a number';
  const bounds = range.max === undefined ? `of at least ${range.min}` : `from ${range.min} to ${range.max}`;
  throw new InputError(field, `expected ${kind} ${bounds}, got ${show(value)}`);
}

export function readBoolean(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw new InputError(field, `expected true or false, got ${show(value)}`);
  return value;
}

export function readChoice<T extends string>(value: unknown, field: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new InputError(field, `expected one of ${choices.join(', ')}, got ${show(value)}`);
  return choice;
}

export function joinPath(field: string, key: string | number): string {
  return field === '' ? String(key) : `${field}.${key}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
