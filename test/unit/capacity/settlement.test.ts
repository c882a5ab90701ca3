import { actualTokensOf, admissionOf, pauseOf } from '../../../src/capacity/settlement';
import { callOutcomes, type CallOutcome, type Settlement } from '../../../src/contracts/capacity';

const settlementOf = (outcome: CallOutcome, changes: Partial<Settlement> = {}): Settlement => ({
  rid: 'r',
  pool: 'smart',
  endpoint: 'east',
  quotaGroup: 'east',
  outcome,
  ...changes,
});

describe('actualTokensOf', () => {
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
  ])('of %s with %p is %p', (outcome, actualTokens, expected) => {
    expect(actualTokensOf(settlementOf(outcome, actualTokens === undefined ? {} : { actualTokens }))).toBe(expected);
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

describe('admissionOf', () => {
  test.each<[CallOutcome, string]>([
    ['succeeded', 'yes'],
    ['rateLimited', 'no'],
    ['failed', ''],
    ['unknown', ''],
  ])('of %s is "%s"', (outcome, expected) => {
    expect(admissionOf(settlementOf(outcome))).toBe(expected);
  });
});
