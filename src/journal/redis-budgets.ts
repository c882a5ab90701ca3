/** Budgets on Redis. See `scripts/shared/accounts.lua` for what is kept. */
import type { Cluster, Redis } from 'ioredis';
import { HoldfastError } from '../errors/holdfast-error';
import { createRedisAsker } from './ask-redis';
import type { BudgetHold, BudgetStore, HoldAnswer } from './budgets';
import { checkLimits, checkSpend } from './check-budget';
import { keyPart } from './key-part';
import { dollarsOf, microDollarsAllowed, microDollarsSpent } from './micro-dollars';
import { createScriptRunner } from './scripts';

export interface RedisBudgetStoreOptions {
  readonly redis: Redis | Cluster;
  /** Put before every key. */
  readonly keyPrefix: string;
  /** After this long a hold that nobody has settled counts as spent, ms: longer than any call. Default 15 minutes. */
  readonly holdMs?: number;
  /** For tests. Default: the time of Redis. */
  readonly now?: () => number;
}

const defaultHoldMs = 15 * 60_000;

/** Throws `Config.Invalid` for a `holdMs` that is no time. */
export function createRedisBudgetStore(options: RedisBudgetStoreOptions): BudgetStore {
  const { redis, keyPrefix, holdMs = defaultHoldMs, now } = options;
  if (!(Number.isFinite(holdMs) && holdMs >= 1)) {
    throw new HoldfastError('Config.Invalid', `holdMs of the budgets is ${holdMs}: set a number of milliseconds`);
  }
  const run = createScriptRunner(redis, createRedisAsker(redis));
  /** All accounts of a tenant lie in one slot. */
  const rootOf = (tenant: string): string => `${keyPrefix}{budget:${keyPart(tenant)}}:`;
  const clock = (): string => (now === undefined ? '' : String(Math.floor(now())));

  return {
    async hold(hold) {
      const { rid, tenant, budgets, spend } = hold;
      checkSpend(hold);
      budgets.forEach(checkLimits);
      if (budgets.length === 0) return { kind: 'held' };
      const limits = budgets.flatMap(({ id, limits: { usd, tokens }, keepMs }) => [
        keyPart(id),
        usd === undefined ? '' : microDollarsAllowed(usd),
        tokens === undefined ? '' : Math.floor(tokens),
        keptMs(keepMs, holdMs),
      ]);
      const args = [clock(), keyPart(rid), ...amountsOf(spend), Math.ceil(holdMs), ...limits];
      return holdAnswer(hold, await run('hold-budget', { key: rootOf(tenant), args }));
    },
    async settle(hold, { isHeldOnly = false } = {}) {
      const { rid, tenant, spend } = hold;
      // With no account named, what was never held is not spent either.
      const budgets = isHeldOnly ? [] : hold.budgets;
      // What was spent counts also where the limits have become nonsense since.
      checkSpend(hold);
      if (hold.budgets.length === 0) return;
      const accounts = budgets.flatMap(({ id, keepMs }) => [keyPart(id), keptMs(keepMs, holdMs)]);
      const args = [clock(), keyPart(rid), ...amountsOf(spend), ...accounts];
      await run('settle-budget', { key: rootOf(tenant), args });
    },
    async release({ rid, tenant }) {
      await run('release-budget', { key: rootOf(tenant), args: [clock(), keyPart(rid)] });
    },
    async spent(tenant, budgetId) {
      const reply = await run('read-budget', { key: rootOf(tenant), args: [clock(), '', keyPart(budgetId)] });
      const [usd, tokens, heldUsd, heldTokens] = (reply as readonly (string | null)[]).map(Number) as Four;
      return { usd: dollarsOf(usd), tokens, held: { usd: dollarsOf(heldUsd), tokens: heldTokens } };
    },
  };
}

type Four = [number, number, number, number];

function amountsOf({ usd, tokens }: BudgetHold['spend']): [number, number] {
  return [microDollarsSpent(usd), Math.ceil(tokens)];
}

/** `rememberMs` of the scripts: as long as a hold may still be settled, its account must stand. */
const memoryOfHoldsMs = 10 * 60_000;

function keptMs(keepMs: number, holdMs: number): number {
  return Math.ceil(Math.max(keepMs, holdMs + memoryOfHoldsMs));
}

function holdAnswer({ budgets, spend }: BudgetHold, reply: unknown): HoldAnswer {
  const [kind, ...values] = reply as ['held', string] | ['exceeded', number, 'usd' | 'tokens', string, string];
  if (kind === 'held') {
    const [remaining = ''] = values;
    return { kind, ...(remaining === '' ? {} : { remainingUsd: dollarsOf(Number(remaining)) }) };
  }
  const [number, unit, spent, held] = values as [number, 'usd' | 'tokens', string, string];
  const budget = budgets[number - 1];
  const amountIn = (text: string): number => (unit === 'usd' ? dollarsOf(Number(text)) : Number(text));
  return {
    kind,
    budget: budget?.id ?? '',
    unit,
    limit: budget?.limits[unit] ?? 0,
    spent: amountIn(spent),
    held: amountIn(held),
    asked: spend[unit],
  };
}
