import { actualOf, faultOf, pauseOf, readingsOf } from '../../../src/capacity/settlement';
import { callOutcomes, type CallOutcome, type Settlement } from '../../../src/contracts/capacity';

const settlementOf = (outcome: CallOutcome, changes: Partial<Settlement> = {}): Settlement => ({
  rid: 'r',
  pool: 'smart',
  endpoint: 'east',
  quotaGroup: 'east',
  outcome,
  ...changes,
});

describe('actualOf', () => {
  test.each<[CallOutcome, number | undefined, number | undefined]>([
    ['succeeded', 120, 120],
    ['succeeded', 120.1, 121],
    ['succeeded', undefined, undefined],
    ['failed', 0, 0],
    ['failed', undefined, undefined],
    ['rateLimited', undefined, undefined],
    ['refused', undefined, 0],
    ['refused', 40, 40],
    ['unknown', 40, undefined],
    ['dead', undefined, undefined],
    ['succeeded', Number.MAX_VALUE, 1e12],
  ])('of %s with %p is %p', (outcome, tokens, expected) => {
    expect(actualOf(settlementOf(outcome, tokens === undefined ? {} : { actual: { tokens } })).tokens).toBe(expected);
  });

  test('keeps the estimate of what is not told, and gives back all dimensions of a refused call', () => {
    expect(actualOf(settlementOf('succeeded', { actual: { tokens: 5, outputTokens: 2.5 } }))).toEqual({
      tokens: 5,
      outputTokens: 3,
    });
    expect(actualOf(settlementOf('refused'))).toEqual({ tokens: 0, inputTokens: 0, outputTokens: 0 });
  });
});

describe('pauseOf', () => {
  test('closes the quota for a 429 and the endpoint for everything else', () => {
    const pauses = callOutcomes.map((outcome) => [outcome, pauseOf(settlementOf(outcome, { blockedForMs: 10.5 }))]);
    expect(Object.fromEntries(pauses)).toEqual({
      succeeded: { groupMs: 0, endpointMs: 11 },
      failed: { groupMs: 0, endpointMs: 11 },
      rateLimited: { groupMs: 11, endpointMs: 0 },
      refused: { groupMs: 0, endpointMs: 11 },
      unknown: { groupMs: 0, endpointMs: 11 },
      dead: { groupMs: 0, endpointMs: 11 },
    });
  });

  test('closes nothing without a reason', () => {
    expect(pauseOf(settlementOf('failed'))).toEqual({ groupMs: 0, endpointMs: 0 });
  });
});

describe('faultOf', () => {
  test.each<[CallOutcome, boolean | undefined, boolean | undefined]>([
    ['succeeded', undefined, false],
    ['failed', undefined, false],
    ['failed', true, true],
    ['rateLimited', undefined, false],
    ['refused', undefined, false],
    ['unknown', undefined, undefined],
    ['unknown', true, true],
    ['dead', undefined, undefined],
  ])('of %s, fault %s, is %s', (outcome, isFault, expected) => {
    expect(faultOf(settlementOf(outcome, isFault === undefined ? {} : { isFault }))).toBe(expected);
  });
});

describe('readingsOf', () => {
  test('are five numbers each, -1 for what was not told or cannot be', () => {
    expect(
      readingsOf([
        { dimension: 'rpm', limit: 60 },
        { dimension: 'tpm', limit: 1_000, remaining: 200, resetMs: 30_000, ageMs: 250 },
        { dimension: 'outputTpm', remaining: NaN, resetMs: -5 },
      ]),
    ).toEqual([1, 60, -1, -1, 0, 2, 1_000, 200, 30_000, 250, 4, -1, -1, -1, 0]);
  });

  test('leave out what the ledger does not keep', () => {
    expect(readingsOf([{ dimension: 'rpd', limit: 50 }])).toEqual([]);
    expect(readingsOf()).toEqual([]);
  });
});
