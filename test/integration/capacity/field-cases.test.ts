/**
 * Cases from the field: each of these broke a product. Those that another file proves with everything around them are
 * listed below with where; the others are here, each under what broke.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapRequest } from '../../../src/providers/openai/chat/map-request';
import { createCostEstimator } from '../../../src/capacity/estimate';
import type { CapacityCandidate, Reservation } from '../../../src/contracts/capacity';
import type { EndpointSettings, Limits } from '../../../src/contracts/settings';
import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();
const minuteMs = 60_000;

const provenElsewhere: readonly (readonly [string, string, string])[] = [
  [
    'concurrent check-then-act: five passed at 1 request a minute',
    'integration/capacity/reserve.test.ts',
    'lets exactly one of five simultaneous callers start at 1 request a minute',
  ],
  [
    'cached tokens counted where they are free, or missed where they are not',
    'unit/capacity/limit-profiles.test.ts',
    'counts neither output nor cache against input',
  ],
  [
    'a request refused on concurrency still consuming RPM',
    'integration/capacity/leases.test.ts',
    'refuses without taking from the other limits',
  ],
  [
    'an oversized request hanging for ever',
    'unit/capacity/check-request.test.ts',
    'leaves out endpoints that are too small and keeps the order of the others',
  ],
  [
    'a retry-after of 86,400 s honoured, HTTP dates ignored',
    'unit/providers/retry-after.test.ts',
    "['a day, clamped', { 'retry-after': '86400' }, maxRetryAfterMs]",
  ],
  ['slots never released after a timeout', 'integration/capacity/leases.test.ts', 'gets a slot back by %s'],
  [
    'slots never released after a client cancel',
    'integration/step/capacity.test.ts',
    'cancelling a run aborts its call down to the socket and frees the slot',
  ],
  ['a negative counter', 'integration/capacity/settle.test.ts', 'never leaves a negative amount behind'],
  [
    'a paused Redis hanging every call while health checks stay green',
    'integration/capacity/store-down.test.ts',
    'hangs holds nobody up for long',
  ],
  [
    'a shorter cool-down replacing a longer one',
    'integration/capacity/settle.test.ts',
    'is never shortened by a later, shorter one',
  ],
  [
    'all endpoints cooling: an error instead of waiting for the first to recover',
    'integration/capacity/choice.test.ts',
    'waits for the first endpoint to recover when all are closed',
  ],
  [
    'no ramp after recovery: a stampede',
    'integration/capacity/breaker.test.ts',
    'recovers stepwise: a tenth of the rate, then a quarter, a half, three quarters, all of it',
  ],
  [
    'dead entries blocking the queue',
    'integration/capacity/queue.test.ts',
    'of one that does not come back blocks nobody for long',
  ],
  [
    'one tenant’s 1,000 jobs starving another’s one',
    'integration/capacity/tenants.test.ts',
    'with hundreds of jobs do not starve another with one',
  ],
  [
    '778 tasks of 0.12 s running up to 60 s apart',
    'integration/capacity/queue.test.ts',
    'does not leave slots empty: 300 tasks of 0.12 s on eight slots',
  ],
  [
    '3 × 3 × 5 = 45 calls: retries of retries',
    'integration/capacity/retry-budget.test.ts',
    'allows ten retries a minute however few calls there are',
  ],
];

describe('a case from the field', () => {
  test.each(provenElsewhere)('%s: proven in %s', (_, file, title) => {
    expect(readFileSync(join(__dirname, '../..', file), 'utf8')).toContain(title);
  });
});

/** When callers that all ask now may start, in ms from now. */
async function startsOf(count: number, candidates: readonly CapacityCandidate[]): Promise<number[]> {
  const startsInMs: number[] = [];
  for (let i = 0; i < count; i++) {
    const asked = request(`r${i}`, candidates, { maxWaitMs: 40 * 24 * 3_600_000 });
    startsInMs.push(granted(await capacity.current.store.reserve(asked)).startInMs);
  }
  return startsInMs;
}

describe('off by one at the limit', () => {
  const cost = { tokens: 100, inputTokens: 100, outputTokens: 100 };
  const of = (limits: Limits): CapacityCandidate[] => [{ endpoint: 'east', quotaGroup: 'east', limits, cost }];

  test.each<[string, Limits]>([
    ['rpm', { rpm: 6 }],
    ['tpm', { tpm: 600 }],
    ['inputTpm', { inputTpm: 600 }],
    ['outputTpm', { outputTpm: 600 }],
  ])('of %s: six fit in its minute, and the seventh waits for the next one', async (_, limits) => {
    const startsInMs = await startsOf(7, of(limits));
    const inFirstMinute = startsInMs.filter((startInMs) => startInMs <= minuteMs);
    expect(inFirstMinute).toHaveLength(6);
    expect(startsInMs[6]).toBeGreaterThan(minuteMs);
  });

  test.each<[string, Limits]>([
    ['tpm', { tpm: 100 }],
    ['inputTpm', { inputTpm: 100 }],
    ['outputTpm', { outputTpm: 100 }],
  ])('of %s: a request of exactly the limit is admitted, one token more never is', async (_, limits) => {
    const { store } = capacity.current;
    expect(await startsOf(1, of(limits))).toEqual([0]);
    const larger = [{ ...of(limits)[0]!, cost: { tokens: 101, inputTokens: 101, outputTokens: 101 } }];
    await expect(store.reserve(request('larger', larger))).rejects.toMatchObject({ type: 'Capacity.RequestTooLarge' });
  });

  test('of rpd: as many as the day admits, then none before the next', async () => {
    const startsInMs = await startsOf(5, of({ rpd: 4 }));
    expect(startsInMs.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(startsInMs[4]).toBeGreaterThan(3_600_000);
    expect(startsInMs[4]).toBeLessThanOrEqual(24 * 3_600_000);
  });

  test('of concurrency: as many at once as it says, and the next as soon as one has ended', async () => {
    const { store } = capacity.current;
    const slots = of({ concurrency: 3 });
    const held: Reservation[] = [];
    for (const rid of ['a', 'b', 'c']) held.push(granted(await store.reserve(request(rid, slots))));
    expect((await store.reserve(request('d', slots, { queues: false }))).kind).toBe('wait');
    await store.settle({ ...held[0]!, outcome: 'succeeded' });
    expect((await store.reserve(request('d', slots, { queues: false }))).kind).toBe('granted');
  });
});

describe('streaming tokens never counted', () => {
  test('what an answer really had counts from its end, more than was expected or less', async () => {
    const { store } = capacity.current;
    const of = (outputTokens: number): CapacityCandidate[] => [
      { endpoint: 'claude', quotaGroup: 'claude', limits: { outputTpm: 1_000 }, cost: { tokens: 0, outputTokens } },
    ];
    const streamed = granted(await store.reserve(request('streamed', of(100))));
    const actual = { tokens: 0, outputTokens: 700 };
    await store.settle({ ...streamed, outcome: 'succeeded', actual });
    const [reading] = (await store.inspect('smart', of(1))).endpoints;
    expect(reading?.dimensions).toMatchObject([{ dimension: 'outputTpm', used: 700 }]);
    expect(granted(await store.reserve(request('next', of(400)))).startInMs).toBeGreaterThan(minuteMs - 1);
  });
});

describe('max_tokens: 1 beside max_completion_tokens: 738', () => {
  test('a request names one cap only, and is charged for the one it names', () => {
    const endpoint = { model: 'gpt', limitProfile: 'openai', maxOutputTokens: 16_000 } as EndpointSettings;
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const asked = { model: 'gpt', messages, parameters: { maxOutputTokens: 738 } };
    const sent = JSON.stringify(mapRequest(asked, endpoint));
    expect(sent.match(/"max_\w*tokens":\d+/g)).toEqual(['"max_completion_tokens":738']);
    expect(createCostEstimator([endpoint]).costOf(endpoint, 10, 738).tokens).toBe(748);
  });
});

describe('a bucket that is full after idle', () => {
  test('does not admit 29 of 15 rpm: an hour of rest is worth no more than a minute’s quota', async () => {
    const { clock } = capacity.current;
    const fifteen = [candidate('east', { rpm: 15 })];
    await startsOf(1, fifteen);
    clock.advance(3_600_000);
    const startsInMs: number[] = [];
    for (let i = 0; i < 40; i++) {
      startsInMs.push(granted(await capacity.current.store.reserve(request(`after${i}`, fifteen))).startInMs);
    }
    for (const fromMs of startsInMs.slice(0, 25)) {
      expect(startsInMs.filter((atMs) => atMs >= fromMs && atMs <= fromMs + minuteMs).length).toBeLessThanOrEqual(15);
    }
  });
});

describe('an oversized request waiting for 33 hours', () => {
  test('fails at once and for good, and charges nothing', async () => {
    const { store } = capacity.current;
    const east = [candidate('east', { tpm: 1_000 }, { tokens: 2_000_000 })];
    await expect(store.reserve(request('oversized', east))).rejects.toMatchObject({
      type: 'Capacity.RequestTooLarge',
      message: expect.stringContaining('2000000 tokens, tpm 1000') as string,
    });
    const { endpoints, waiting } = await store.inspect('smart', east);
    expect(endpoints).toMatchObject([{ inFlight: 0, dimensions: [{ dimension: 'tpm', used: 0 }] }]);
    expect(waiting).toEqual({ interactive: 0, batch: 0 });
  });
});

describe('the retry-after of the first error used for a later one', () => {
  test('a later error closes for as long as its own hint says', async () => {
    const { store, clock } = capacity.current;
    const east = [candidate('east', { concurrency: 9 })];
    const closedForMs = async (): Promise<number> => {
      const [reading] = (await store.inspect('smart', east)).endpoints;
      return reading?.blockedForMs ?? NaN;
    };
    for (const [rid, blockedForMs] of [
      ['first', 30_000],
      ['later', 2_000],
    ] as const) {
      const reservation = granted(await store.reserve(request(rid, east)));
      await store.settle({ ...reservation, outcome: 'rateLimited', blockedForMs });
      expect(await closedForMs()).toBe(blockedForMs);
      clock.advance(blockedForMs);
      expect(await closedForMs()).toBe(0);
    }
  });
});

describe('a reservation leaked on every retry', () => {
  test('a hundred hops later nothing is held and nothing is charged that was not called', async () => {
    const { store, clock } = capacity.current;
    const candidates = [candidate('east', { rpm: 6_000, tpm: 60_000, concurrency: 2 }, { tokens: 10 })];
    for (let hop = 0; hop < 100; hop++) {
      const reservation = granted(await store.reserve(request(`call/h${hop}`, candidates)));
      if (hop % 2 === 0) await store.release(reservation);
      else await store.settle({ ...reservation, outcome: 'refused' });
      clock.advance(1_000);
    }
    const [reading] = (await store.inspect('smart', candidates)).endpoints;
    expect(reading?.inFlight).toBe(0);
    expect(reading?.dimensions.find(({ dimension }) => dimension === 'tpm')?.used).toBe(0);
    // What was refused was seen by the provider, which counts it as a request.
    expect(reading?.dimensions.find(({ dimension }) => dimension === 'rpm')?.used).toBe(30);
  });
});

describe('one TTL for all slots expiring under load', () => {
  test('every slot has an end of its own: the living keep theirs, the dead lose theirs, at any load', async () => {
    const { store, clock } = capacity.current;
    const slots = [candidate('gpu', { concurrency: 3 })];
    const living = [granted(await store.reserve(request('a', slots)))];
    clock.advance(10_000);
    living.push(granted(await store.reserve(request('b', slots))));
    await store.reserve(request('dead', slots));
    for (let second = 1; second <= 120; second++) {
      clock.advance(1_000);
      if (second % 10 === 0) for (const each of living) expect(await store.renew(each)).toBe(true);
      const asked = await store.reserve(request(`load${second}`, slots, { queues: false }));
      // The dead one's lease of 30 s is over, and the third slot is taken by one short call after the other.
      expect(asked.kind).toBe(second < 30 ? 'wait' : 'granted');
      if (asked.kind === 'granted') await store.settle({ ...asked.reservation, outcome: 'succeeded' });
    }
  });
});
