import { admissibleCandidates, checkSettlement } from '../../../src/capacity/check-request';
import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import type { CallOutcome, CapacityCandidate, ReserveRequest } from '../../../src/contracts/capacity';
import type { Limits } from '../../../src/contracts/settings';
import { capacitySettings } from '../../support/capacity-settings';
import { failureOf } from './failure-of';

function candidate(limits: Limits, tokens = 100, endpoint = 'east'): CapacityCandidate {
  return { endpoint, quotaGroup: endpoint, limits, cost: { tokens } };
}

function request(candidates: readonly CapacityCandidate[], maxWaitMs = 0): ReserveRequest {
  return { rid: 'run/step#0', pool: 'smart', candidates, lane: 'interactive', tenant: 'acme', maxWaitMs };
}

const mistakes: [string, ReserveRequest, { type: string; message: string }][] = [
  [
    'no candidates',
    request([]),
    { type: 'Config.Invalid', message: 'Pool "smart" has no endpoint for run/step#0: add one to the pool.' },
  ],
  ...[0, -5, NaN, Infinity].map((tpm): [string, ReserveRequest, { type: string; message: string }] => [
    `a limit of ${tpm}`,
    request([candidate({ rpm: 10 }), candidate({ tpm }, 100, 'west')]),
    {
      type: 'Config.Invalid',
      message: `limits.tpm of endpoint west is ${tpm}: set a number above 0, or leave it out.`,
    },
  ]),
  ...[-1, NaN, Infinity, undefined as never].map(
    (tokens): [string, ReserveRequest, { type: string; message: string }] => [
      `a cost of ${String(tokens)}`,
      // `undefined` would take the default.
      request([{ ...candidate({ tpm: 1_000 }), cost: { tokens } }]),
      {
        type: 'Llm.Internal',
        message: `cost.tokens of run/step#0 on east is ${String(tokens)}; it must be a token count of 0 or more.`,
      },
    ],
  ),
  ...[-1, NaN, Infinity].map((maxWaitMs): [string, ReserveRequest, { type: string; message: string }] => [
    `a longest wait of ${maxWaitMs}`,
    request([candidate({ rpm: 10 })], maxWaitMs),
    {
      type: 'Llm.Internal',
      message: `maxWaitMs of run/step#0 is ${maxWaitMs}; it must be a number of milliseconds of 0 or more.`,
    },
  ]),
  [
    'two kinds of limits of one quota group',
    request([candidate({ tpm: 1_000 }), { ...candidate({ tpm: 2_000 }, 100, 'west'), quotaGroup: 'east' }]),
    {
      type: 'Config.Invalid',
      message: 'east and west share the quota group east with different limits: give them the same.',
    },
  ],
  [
    'a request that no endpoint can ever admit',
    request([
      candidate({ tpm: 1_000, rpm: 10 }, 1_000.5),
      candidate({ tpm: 400 }, 900, 'west'),
      candidate({ rpm: 0.5 }, 900, 'north'),
    ]),
    {
      type: 'Capacity.RequestTooLarge',
      message:
        'No endpoint of pool "smart" can ever admit run/step#0: east (1001 tokens, tpm 1000), ' +
        'west (900 tokens, tpm 400), north (1 request, rpm 0.5). Raise the limit or send less.',
    },
  ],
];

describe('admissibleCandidates', () => {
  test.each(mistakes)('refuses %s', (_, asked, expected) => {
    expect(failureOf(() => admissibleCandidates(asked))).toEqual(expected);
  });

  test('leaves out endpoints that are too small and keeps the order of the others', () => {
    const large = candidate({ tpm: 5_000 }, 900, 'large');
    const exact = candidate({ tpm: 900 }, 900, 'exact');
    const open = candidate({}, 900, 'open');
    const small = candidate({ tpm: 899 }, 900, 'small');
    expect(admissibleCandidates(request([small, exact, large, open]))).toEqual([exact, large, open]);
  });

  test('takes a cost of nothing and a wait of nothing', () => {
    expect(admissibleCandidates(request([candidate({ tpm: 1 }, 0)], 0))).toHaveLength(1);
  });
});

describe('reserve', () => {
  // What is too large is the store's to say: the limits in force may be higher than those of the config.
  test.each(mistakes.filter(([, , { type }]) => type !== 'Capacity.RequestTooLarge'))(
    'asks Redis nothing about %s',
    async (_, asked, { type }) => {
      const evalsha = jest.fn();
      const store = createRedisCapacityStore({
        redis: { status: 'ready', evalsha } as never,
        keyPrefix: '',
        capacity: capacitySettings,
      });
      await expect(store.reserve(asked)).rejects.toMatchObject({ type });
      expect(evalsha).not.toHaveBeenCalled();
    },
  );
});

describe('checkSettlement', () => {
  const settlement = {
    rid: 'run/step#0',
    pool: 'smart',
    endpoint: 'east',
    quotaGroup: 'east',
    outcome: 'succeeded' as CallOutcome,
  };

  test.each([
    [{ outcome: 'lost' as CallOutcome }, 'outcome of run/step#0 is lost; it must be one of succeeded, failed'],
    [{ actual: { tokens: -1 } }, 'actual.tokens of run/step#0 is -1; it must be a token count of 0 or more.'],
    [{ actual: { tokens: 1, outputTokens: NaN } }, 'actual.outputTokens of run/step#0 is NaN'],
    [{ blockedForMs: -1 }, 'blockedForMs of run/step#0 is -1; it must be a number of milliseconds of 0 or more.'],
    [{ blockedForMs: Infinity }, 'blockedForMs of run/step#0 is Infinity'],
    [{ latencyMs: NaN }, 'latencyMs of run/step#0 is NaN'],
    [{ costUsd: NaN }, 'costUsd of run/step#0 is NaN'],
  ])('refuses %o', (wrong, message) => {
    const failure = failureOf(() => checkSettlement({ ...settlement, ...wrong }));
    expect(failure).toEqual({ type: 'Llm.Internal', message: expect.stringContaining(message) as string });
  });

  test('takes a settlement without amounts', () => {
    expect(() => checkSettlement(settlement)).not.toThrow();
  });
});
