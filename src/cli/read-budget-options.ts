/** `--budget-usd 2 --budget-tokens 100_000 --budget-time 10m`: what a run may spend. */
import type { StartBudget } from '../client';
import { durationWords, parseDurationMs } from '../contracts/duration';
import { UsageError } from './failure';
import { readNumber } from './plan/asked-plan';

export interface BudgetOptions {
  readonly budgetUsd?: string;
  readonly budgetTokens?: string;
  readonly budgetTime?: string;
}

/** Throws `UsageError` that names the option, what was expected and what was received. */
export function readBudgetOptions(options: BudgetOptions): StartBudget | undefined {
  const { budgetUsd, budgetTokens, budgetTime } = options;
  const budget = {
    ...(budgetUsd === undefined ? {} : { usd: dollarsOf(budgetUsd) }),
    ...(budgetTokens === undefined ? {} : { tokens: tokensOf(budgetTokens) }),
    ...(budgetTime === undefined ? {} : { time: millisecondsOf(budgetTime) }),
  };
  return Object.keys(budget).length === 0 ? undefined : budget;
}

function dollarsOf(text: string): number {
  const value = readNumber(text) ?? 0;
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`--budget-usd: expected US dollars, a number > 0, received "${text}"`);
}

function tokensOf(text: string): number {
  const value = readNumber(text) ?? 0;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--budget-tokens: expected a whole number > 0, received "${text}"`);
}

function millisecondsOf(text: string): number {
  const ms = parseDurationMs(text) ?? 0;
  if (ms > 0) return ms;
  throw new UsageError(`--budget-time: expected ${durationWords}, received "${text}"`);
}
