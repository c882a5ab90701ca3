/** What a start may allow a run to spend, as callers write it. */
import { durationWords, parseDurationMs } from '../contracts/duration';
import type { RunBudget } from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';

/** At least one of them. */
export interface StartBudget {
  /** US dollars, all steps and tries of the run together. */
  readonly usd?: number;
  /** Input and output tokens, likewise. */
  readonly tokens?: number;
  /** From the start of the run to its last call: milliseconds, or a text such as `10m`. */
  readonly time?: number | string;
}

/** Throws `Pipeline.InvalidInput` that names the field. An `undefined` field counts as absent. */
export function readBudget(budget: unknown): RunBudget | undefined {
  if (budget === undefined) return undefined;
  if (typeof budget !== 'object' || budget === null || Array.isArray(budget)) {
    throw refused('budget', `a map with ${known}`, budget);
  }
  const given = Object.entries(budget).filter(([, value]) => value !== undefined);
  const unknown = given.find(([name]) => !Object.hasOwn(readers, name));
  if (unknown !== undefined) throw invalid(`budget: unknown key ${JSON.stringify(unknown[0])}, expected ${known}`);
  if (given.length === 0) throw invalid(`budget: expected at least one of ${known}`);
  return Object.assign({}, ...given.map(([name, value]) => readers[name as keyof StartBudget](value))) as RunBudget;
}

const readers = {
  usd: (value) => {
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return { usd: value };
    throw refused('budget.usd', 'US dollars, a number > 0', value);
  },
  tokens: (value) => {
    if (isCount(value)) return { tokens: value };
    throw refused('budget.tokens', 'a whole number > 0', value);
  },
  time: (value) => {
    const ms = typeof value === 'string' ? parseDurationMs(value) : value;
    if (isCount(ms)) return { timeMs: ms };
    throw refused('budget.time', `a whole number of milliseconds > 0, or ${durationWords}`, value);
  },
} satisfies Record<keyof StartBudget, (value: unknown) => RunBudget>;

const known = Object.keys(readers).join(', ');

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function refused(field: string, expected: string, value: unknown): HoldfastError {
  const isShown = typeof value === 'number' || typeof value === 'bigint';
  const received = typeof value === 'string' ? JSON.stringify(value).slice(0, 80) : `a ${typeof value}`;
  return invalid(`${field}: expected ${expected}, received ${isShown ? String(value) : received}`);
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('Pipeline.InvalidInput', message);
}
