/** What a hold and a settlement must satisfy before the store is asked. */
import { HoldfastError } from '../errors/holdfast-error';
import type { BudgetHold, BudgetRef } from './budgets';

/** Far beyond any budget, and small enough that sums stay exact: 10 of them are 2^53 millionths. */
const largest = { usd: 900_000_000, tokens: 900_000_000_000_000 } as const;
const units = ['usd', 'tokens'] as const;

/** Throws `Llm.Internal` for an amount that is none, or budgets that do not differ. */
export function checkSpend({ rid, budgets, spend }: BudgetHold): void {
  if (rid === '') throw defect('rid', rid, 'the id of a reservation');
  for (const unit of units) {
    if (!isAmount(spend[unit], unit)) throw defect(`spend.${unit} of ${rid}`, spend[unit], amountOf(unit));
  }
  const ids = budgets.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw defect(`budgets of ${rid}`, ids.join(', '), 'budgets that differ');
  for (const { id, keepMs } of budgets) {
    if (Number.isFinite(keepMs) && keepMs >= 1) continue;
    throw defect(`keepMs of budget ${id}`, keepMs, 'a number of milliseconds');
  }
}

/** Throws `Config.Invalid` for a limit that is no amount. */
export function checkLimits({ id, limits }: BudgetRef): void {
  for (const unit of units) {
    const limit = limits[unit];
    if (limit === undefined || isAmount(limit, unit)) continue;
    throw new HoldfastError(
      'Config.Invalid',
      `the ${unit} of budget "${id}" is ${String(limit)}: set ${amountOf(unit)}, or leave it out`,
    );
  }
}

function isAmount(value: unknown, unit: (typeof units)[number]): boolean {
  return typeof value === 'number' && value >= 0 && value <= largest[unit];
}

function amountOf(unit: (typeof units)[number]): string {
  return `a number from 0 to ${largest[unit]}`;
}

function defect(name: string, value: unknown, expected: string): HoldfastError {
  return new HoldfastError('Llm.Internal', `${name} is ${String(value)}; it must be ${expected}.`);
}
