/** What a reserve request must satisfy before the store is asked: a mistake is told at once and charges nothing. */
import type { CapacityCandidate, ReserveRequest, Settlement } from '../contracts/capacity';
import { callOutcomes } from '../contracts/capacity';
import type { Limits } from '../contracts/settings';
import { HoldfastError } from '../errors';

const dimensions = ['rpm', 'tpm', 'concurrency'] as const satisfies readonly (keyof Limits)[];

/**
 * The candidates that can admit the cost when they are idle, in their order.
 * Throws `Config.Invalid` for no candidates or a limit that admits nothing, `Llm.Internal` for a cost or wait that is
 * no amount, `Capacity.RequestTooLarge` when no candidate is left.
 */
export function admissibleCandidates(request: ReserveRequest): readonly CapacityCandidate[] {
  const { pool, rid, candidates, maxWaitMs } = request;
  if (candidates.length === 0) {
    throw new HoldfastError('Config.Invalid', `Pool "${pool}" has no endpoint for ${rid}: add one to the pool.`);
  }
  checkAmount(maxWaitMs, `maxWaitMs of ${rid}`, 'a number of milliseconds of 0 or more');
  for (const candidate of candidates) {
    checkLimits(candidate);
    checkAmount(candidate.cost.tokens, `cost.tokens of ${rid} on ${candidate.endpoint}`, 'a token count of 0 or more');
  }
  const admissible = candidates.filter((candidate) => exceededLimit(candidate) === undefined);
  if (admissible.length === 0) throw requestTooLarge(request);
  return admissible;
}

/** Throws `Llm.Internal` for an unknown outcome or an amount that is none. */
export function checkSettlement(settlement: Settlement): void {
  const { rid, outcome, actualTokens, blockedForMs } = settlement;
  if (!callOutcomes.includes(outcome)) {
    throw defect(`outcome of ${rid}`, outcome, `one of ${callOutcomes.join(', ')}`);
  }
  if (actualTokens !== undefined) checkAmount(actualTokens, `actualTokens of ${rid}`, 'a token count of 0 or more');
  if (blockedForMs !== undefined) {
    checkAmount(blockedForMs, `blockedForMs of ${rid}`, 'a number of milliseconds of 0 or more');
  }
}

function checkAmount(value: unknown, name: string, expected: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw defect(name, value, expected);
}

function checkLimits({ endpoint, limits }: CapacityCandidate): void {
  for (const dimension of dimensions) {
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
function exceededLimit({ limits, cost }: CapacityCandidate): keyof Limits | undefined {
  const needed = { rpm: 1, tpm: Math.ceil(cost.tokens), concurrency: 1 };
  return dimensions.find((dimension) => needed[dimension] > (limits[dimension] ?? Infinity));
}

function requestTooLarge({ pool, rid, candidates }: ReserveRequest): HoldfastError {
  const reasons = candidates.map((candidate) => {
    const dimension = exceededLimit(candidate) ?? 'tpm';
    const needed = dimension === 'tpm' ? `${Math.ceil(candidate.cost.tokens)} tokens` : '1 request';
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
