import {
  backoffDefaults,
  backoffMs,
  hopCandidatesOf,
  isFault,
  settlementOf,
  successOf,
  withUnrecorded,
} from '../../../src/activities/attempt-policy';
import type { CapacityCandidate, Reservation } from '../../../src/contracts/capacity';
import type { Attempt } from '../../../src/contracts/step';
import { HoldfastError, failureTypes, policyOf } from '../../../src/errors';

const candidates = ['a', 'b', 'c'].map((endpoint): CapacityCandidate => ({
  endpoint,
  quotaGroup: endpoint,
  limits: {},
  cost: { tokens: 1 },
}));
const made = (attempt: number, hop: number, endpoint: string): Attempt => ({
  tier: 0,
  attempt,
  hop,
  endpoint,
  outcome: 'Llm.ServerError',
});
const names = (list: readonly CapacityCandidate[]): string[] => list.map((candidate) => candidate.endpoint);

describe('hopCandidatesOf', () => {
  test('after a first failure every other endpoint may be hopped to', () => {
    expect(names(hopCandidatesOf(candidates, [made(1, 0, 'a')], 1))).toEqual(['b', 'c']);
  });

  test('an endpoint is hopped to once in a tier, over all its attempts', () => {
    expect(names(hopCandidatesOf(candidates, [made(1, 0, 'a'), made(1, 1, 'b'), made(2, 0, 'a')], 2))).toEqual(['c']);
  });

  test('a hop never leads back to where the tier began', () => {
    expect(names(hopCandidatesOf(candidates, [made(1, 0, 'a'), made(1, 1, 'b'), made(2, 0, 'c')], 2))).toEqual([]);
  });

  test.each([1, 2, 3, 5])('a tier of %i attempts makes at most attempts + endpoints − 1 calls', (maximumAttempts) => {
    // The adversary: every call fails, every attempt begins on the endpoint that leaves most hops open.
    const all: Attempt[] = [];
    for (let attempt = 1; attempt <= maximumAttempts; attempt++) {
      all.push(made(attempt, 0, candidates[(attempt - 1) % 3]?.endpoint ?? ''));
      for (let hop = 1; ; hop++) {
        const next = hopCandidatesOf(candidates, all, attempt)[0];
        if (next === undefined) break;
        all.push(made(attempt, hop, next.endpoint));
      }
    }
    expect(all.length).toBeLessThanOrEqual(maximumAttempts + candidates.length - 1);
  });
});

describe('backoffMs', () => {
  test.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 32_000],
    [7, 60_000],
    [20, 60_000],
  ])('after attempt %i waits about %i ms', (attempt, ms) => {
    expect(backoffMs(attempt, 0.5)).toBe(ms);
    expect(backoffMs(attempt, 0)).toBe(ms * (1 - backoffDefaults.jitter));
    expect(backoffMs(attempt, 0.999_999)).toBeLessThanOrEqual(ms * (1 + backoffDefaults.jitter));
  });
});

const reservation: Reservation = {
  rid: 'r',
  pool: 'p',
  endpoint: 'a',
  quotaGroup: 'g',
  startAt: 0,
  startInMs: 0,
  leaseMs: 30_000,
};

describe('successOf', () => {
  const paid = { actual: { tokens: 70, inputTokens: 50, outputTokens: 20 }, costUsd: 0.004 };
  const place = { rid: 'r', pool: 'p', endpoint: 'a', quotaGroup: 'g' };

  test('tells what was charged, how long it took and what the headers said', () => {
    const limits = [{ dimension: 'tpm', limit: 9_000, remaining: 70 }] as const;
    expect(successOf(reservation, { durationMs: 1_200.4, limits }, paid)).toEqual({
      ...place,
      outcome: 'succeeded',
      ...paid,
      latencyMs: 1_200,
      limits,
    });
  });

  test('says nothing of headers that said nothing', () => {
    expect(successOf(reservation, { durationMs: 5 }, paid)).not.toHaveProperty('limits');
  });
});

describe('settlementOf', () => {
  test.each(failureTypes)('%s is settled as its policy says', (type) => {
    expect(settlementOf(reservation, new HoldfastError(type, 'x'))).toMatchObject({
      rid: 'r',
      outcome: policyOf(type).outcome,
    });
  });

  test('a hint of the provider pauses the endpoint for exactly that long', () => {
    const failure = new HoldfastError('Llm.RateLimited', 'x', { retryAfterMs: 17_250 });
    expect(settlementOf(reservation, failure).blockedForMs).toBe(17_250);
  });

  test('an overload without a hint pauses nobody', () => {
    expect(settlementOf(reservation, new HoldfastError('Llm.Overloaded', 'x')).blockedForMs).toBeUndefined();
  });

  test.each(['Llm.RateLimited', 'Llm.Authentication', 'Llm.QuotaExhausted'] as const)(
    '%s pauses the endpoint even without a hint',
    (type) => {
      expect(settlementOf(reservation, new HoldfastError(type, 'x')).blockedForMs).toBeGreaterThan(0);
    },
  );

  test('an unknown outcome keeps the estimate charged', () => {
    expect(settlementOf(reservation, new HoldfastError('Llm.Connection', 'x')).actual).toBeUndefined();
  });

  test('tells what was charged and how long it took, where that is known', () => {
    const known = { actual: { tokens: 70, inputTokens: 50, outputTokens: 20 }, latencyMs: 1_200 };
    expect(settlementOf(reservation, new HoldfastError('Llm.ContentFiltered', 'x'), known)).toMatchObject(known);
  });

  test.each(failureTypes)('%s counts as a fault of the endpoint only if it is one', (type) => {
    const { isFault: told } = settlementOf(reservation, new HoldfastError(type, 'x'));
    expect(told).toBe(isFault(type) ? true : undefined);
  });
});

describe('isFault', () => {
  test('is a failure of the endpoint, not of its limits, its account or the request', () => {
    expect(failureTypes.filter(isFault)).toEqual([
      'Llm.Overloaded',
      'Llm.ServerError',
      'Llm.Connection',
      'Llm.Timeout',
      'Llm.Stalled',
      'Llm.Truncated',
      'Llm.EmptyResponse',
    ]);
  });
});

describe('withUnrecorded', () => {
  test('an attempt that left no record is shown as unknown, in its place', () => {
    const all = withUnrecorded([made(2, 0, 'b'), made(2, 1, 'a')], { tier: 0, attempt: 3, endpoint: 'a' });
    expect(all.map(({ attempt, hop, endpoint, outcome }) => [attempt, hop, endpoint, outcome])).toEqual([
      [1, 0, 'a', 'unknown'],
      [2, 0, 'b', 'Llm.ServerError'],
      [2, 1, 'a', 'Llm.ServerError'],
    ]);
  });

  test('a first attempt has nothing before it', () => {
    expect(withUnrecorded([], { tier: 0, attempt: 1, endpoint: 'a' })).toEqual([]);
  });
});
