/**
 * Budgets of a run and of its tenant. A step that cannot be paid for is refused when it is opened, before it waits for
 * capacity; what binds is the hold right before each call (`call-endpoint.ts`), which no two workers can take twice.
 */
import type { BudgetRef, Spend } from '../journal/budgets';
import type { CapacityCandidate } from '../contracts/capacity';
import type { CallIdentity } from '../contracts/ids';
import type { EndpointSettings, TenantBudget } from '../contracts/settings';
import type { OpenStepInput, SpendLimits } from '../contracts/step';
import { costUsd, priceAt } from '../contracts/usage';
import type { Usage } from '../contracts/usage';
import { HoldfastError } from '../errors/holdfast-error';
import type { RequestSize } from '../routing/expected-cost';
import type { RenderedRequest } from './rendered-request';
import type { ActivityDependencies } from './ports';
import { endpointOf, requestSizeOf } from './resolve-step';

interface Payer {
  readonly id: Pick<CallIdentity, 'runKey'>;
  readonly tenant: string;
  readonly budget?: SpendLimits | undefined;
}

/** Every budget a call is paid from. Empty where nobody set any: then nothing is asked and nothing is kept. */
export function budgetsOf(
  { settings }: Pick<ActivityDependencies, 'settings'>,
  { id, tenant, budget }: Payer,
  nowMs = Date.now(),
): BudgetRef[] {
  const { tenants, defaultTenant } = settings.capacity;
  const ofTenant = (Object.hasOwn(tenants, tenant) ? tenants[tenant] : defaultTenant)?.budget;
  return [
    // As long as its answers: a run that is reset after a week still knows what it has spent.
    ...(budget === undefined ? [] : [{ id: `run ${id.runKey}`, limits: budget, keepMs: settings.journalTtlMs }]),
    ...(ofTenant === undefined ? [] : [tenantBudgetRef(tenant, ofTenant, nowMs)]),
  ];
}

const dayMs = 86_400_000;

function tenantBudgetRef(tenant: string, { per, ...limits }: TenantBudget, nowMs: number): BudgetRef {
  const period = new Date(nowMs).toISOString().slice(0, per === 'day' ? 10 : 7);
  return { id: `tenant ${tenant} ${period}`, limits, keepMs: (per === 'day' ? 2 : 62) * dayMs };
}

/** The most a call on this endpoint can cost: all its input uncached, all the output it may give. */
export function worstCaseOf(endpoint: EndpointSettings, { inputTokens, maxOutputTokens }: RequestSize): Spend {
  const outputTokens = Math.min(maxOutputTokens, endpoint.maxOutputTokens);
  const price = priceAt(endpoint, Date.now());
  const dearest = { ...price, cachedInput: price.input };
  return { usd: costUsd({ inputTokens, outputTokens }, dearest), tokens: inputTokens + outputTokens };
}

export function spendOf(usage: Usage, costOfCallUsd: number): Spend {
  return { usd: costOfCallUsd, tokens: usage.inputTokens + usage.outputTokens };
}

/** What the tightest budget has left, US dollars; undefined where none is set. For choosing a model by its cost. */
export async function remainingUsdOf(
  deps: Pick<ActivityDependencies, 'settings' | 'budgets'>,
  payer: Payer,
): Promise<number | undefined> {
  const left = await Promise.all(
    budgetsOf(deps, payer).map(async (budget) => {
      const { usd: limit } = budget.limits;
      if (limit === undefined) return [];
      const { usd, held } = await deps.budgets.spent(payer.tenant, budget.id);
      return [Math.max(0, limit - usd - held.usd)];
    }),
  );
  const known = left.flat();
  return known.length === 0 ? undefined : Math.min(...known);
}

interface Opening {
  readonly deps: ActivityDependencies;
  readonly input: OpenStepInput;
  readonly rendered: RenderedRequest;
}

/** Throws `Budget.Exceeded` when not even the cheapest candidate could be paid now. */
export async function checkBudget(
  { deps, input, rendered }: Opening,
  candidates: readonly CapacityCandidate[],
): Promise<void> {
  const budgets = budgetsOf(deps, input);
  if (budgets.length === 0) return;
  const endpoints = candidates.map(({ endpoint }) => endpointOf(deps, endpoint));
  const costs = endpoints.map((endpoint) => worstCaseOf(endpoint, requestSizeOf(deps, endpoint, rendered)));
  const least = { usd: leastOf(costs, 'usd'), tokens: leastOf(costs, 'tokens') };
  for (const budget of budgets) {
    // What is only promised to calls in flight may turn out to be less: it is waited for, right before the call.
    const { usd, tokens, held } = await deps.budgets.spent(input.tenant, budget.id);
    const spent = { usd, tokens };
    for (const unit of ['usd', 'tokens'] as const) {
      const limit = budget.limits[unit];
      if (limit === undefined || spent[unit] + least[unit] <= limit) continue;
      throw budgetExceeded({
        budget: budget.id,
        unit,
        limit,
        spent: spent[unit],
        held: held[unit],
        asked: least[unit],
      });
    }
  }
}

function leastOf(costs: readonly Spend[], unit: keyof Spend): number {
  return Math.min(...costs.map((cost) => cost[unit]));
}

type Exceeded = Omit<
  Extract<Awaited<ReturnType<ActivityDependencies['budgets']['hold']>>, { kind: 'exceeded' }>,
  'kind'
>;

export function budgetExceeded({ budget, unit, limit, spent, held, asked }: Exceeded): HoldfastError {
  const shown = (amount: number): string => (unit === 'usd' ? `$${amount.toFixed(4)}` : `${amount} tokens`);
  const promised = held > 0 ? ` and ${shown(held)} promised to calls in flight` : '';
  const message = `budget of ${budget}: ${shown(spent)} of ${shown(limit)} spent${promised}; the next call may cost ${shown(asked)}`;
  return new HoldfastError('Budget.Exceeded', message, { budget, unit, limit, spent, held, asked });
}
