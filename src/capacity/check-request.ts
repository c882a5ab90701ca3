/** What a reserve request must satisfy before the store is asked: a mistake is told at once and charges nothing. */
import type { CapacityCandidate, CapacityCost, ReserveRequest, Settlement } from '../contracts/capacity';
import { callOutcomes } from '../contracts/capacity';
import { limitDimensions } from '../contracts/settings';
import type { LimitDimension, Limits } from '../contracts/settings';
import { HoldfastError } from '../errors';

/**
 * The candidates that can admit the cost when they are idle, in their order.
 * Throws `Config.Invalid` for no candidates, a limit that admits nothing or two kinds of limits of one quota group,
 * `Llm.Internal` for a cost or wait that is no amount, `Capacity.RequestTooLarge` when no candidate is left.
 */
export function admissibleCandidates(request: ReserveRequest): readonly CapacityCandidate[] {
  const { pool, rid, candidates, maxWaitMs } = request;
  if (candidates.length === 0) {
    throw new HoldfastError('Config.Invalid', `Pool "${pool}" has no endpoint for ${rid}: add one to the pool.`);
  }
  checkAmount(maxWaitMs, `maxWaitMs of ${rid}`, 'a number of milliseconds of 0 or more');
  for (const candidate of candidates) {
    checkLimits(candidate);
    checkCost(candidate.cost, (name) => `cost.${name} of ${rid} on ${candidate.endpoint}`);
  }
  checkQuotaGroups(candidates);
  const admissible = candidates.filter((candidate) => exceededLimit(candidate) === undefined);
  if (admissible.length === 0) throw requestTooLarge(request);
  return admissible;
}

/** Limits belong to the group: two endpoints that disagree about them would put each other's out of force. */
function checkQuotaGroups(candidates: readonly CapacityCandidate[]): void {
  const known = new Map<string, CapacityCandidate>();
  for (const candidate of candidates) {
    const other = known.get(candidate.quotaGroup);
    known.set(candidate.quotaGroup, candidate);
    if (other === undefined || isSameLimits(other.limits, candidate.limits)) continue;
    throw new HoldfastError(
      'Config.Invalid',
      `${other.endpoint} and ${candidate.endpoint} share the quota group ${candidate.quotaGroup} with different limits: give them the same.`,
      { endpoint: candidate.endpoint },
    );
  }
}

function isSameLimits(a: Limits, b: Limits): boolean {
  return a === b || limitDimensions.every((dimension) => a[dimension] === b[dimension]);
}

/** Throws `Llm.Internal` for an unknown outcome or an amount that is none. */
export function checkSettlement(settlement: Settlement): void {
  const { rid, outcome, actual, blockedForMs, latencyMs, costUsd } = settlement;
  if (!callOutcomes.includes(outcome)) {
    throw defect(`outcome of ${rid}`, outcome, `one of ${callOutcomes.join(', ')}`);
  }
  if (actual !== undefined) checkCost(actual, (name) => `actual.${name} of ${rid}`);
  const milliseconds = 'a number of milliseconds of 0 or more';
  if (blockedForMs !== undefined) checkAmount(blockedForMs, `blockedForMs of ${rid}`, milliseconds);
  if (latencyMs !== undefined) checkAmount(latencyMs, `latencyMs of ${rid}`, milliseconds);
  if (costUsd !== undefined) checkAmount(costUsd, `costUsd of ${rid}`, 'an amount of 0 or more');
}

function checkCost(cost: CapacityCost, nameOf: (name: string) => string): void {
  const expected = 'a token count of 0 or more';
  checkAmount(cost.tokens, nameOf('tokens'), expected);
  for (const name of ['inputTokens', 'outputTokens'] as const) {
    if (cost[name] !== undefined) checkAmount(cost[name], nameOf(name), expected);
  }
}

function checkAmount(value: unknown, name: string, expected: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw defect(name, value, expected);
}

/** Throws `Config.Invalid` for a limit that is no number above 0. */
export function checkLimits({ endpoint, limits }: { readonly endpoint: string; readonly limits: Limits }): void {
  for (const dimension of limitDimensions) {
    const limit = limits[dimension];
    if (limit === undefined || (Number.isFinite(limit) && limit > 0)) continue;
    throw new HoldfastError(
      'Config.Invalid',
      `limits.${dimension} of endpoint ${endpoint} is ${String(limit)}: set a number above 0, or leave it out.`,
      { endpoint },
    );
  }
}

/** The first limit that the cost exceeds on an idle endpoint. */
function exceededLimit({ limits, cost }: CapacityCandidate): LimitDimension | undefined {
  const needed = neededOf(cost);
  return limitDimensions.find((dimension) => needed[dimension] > (limits[dimension] ?? Infinity));
}

function neededOf({ tokens, inputTokens = tokens, outputTokens = 0 }: CapacityCost): Record<LimitDimension, number> {
  const input = Math.ceil(inputTokens);
  return {
    rpm: 1,
    tpm: Math.ceil(tokens),
    inputTpm: input,
    outputTpm: Math.ceil(outputTokens),
    rpd: 1,
    concurrency: 1,
  };
}

const units: Partial<Record<LimitDimension, string>> = {
  tpm: 'tokens',
  inputTpm: 'input tokens',
  outputTpm: 'output tokens',
};

function requestTooLarge({ pool, rid, candidates }: ReserveRequest): HoldfastError {
  const reasons = candidates.map((candidate) => {
    const dimension = exceededLimit(candidate) ?? 'tpm';
    const unit = units[dimension];
    const needed = unit === undefined ? '1 request' : `${neededOf(candidate.cost)[dimension]} ${unit}`;
    return `${candidate.endpoint} (${needed}, ${dimension} ${candidate.limits[dimension]})`;
  });
  return new HoldfastError(
    'Capacity.RequestTooLarge',
    `No endpoint of pool "${pool}" can ever admit ${rid}: ${reasons.join(', ')}. Raise the limit or send less.`,
    { pool },
  );
}

function defect(name: string, value: unknown, expected: string): HoldfastError {
  return new HoldfastError('Llm.Internal', `${name} is ${String(value)}; it must be ${expected}.`);
}
