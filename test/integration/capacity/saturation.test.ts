/** Ten saturated minutes in virtual time: how much of the quota is used, and what limiters of different make say. */
import type { LimitReading } from '../../../src/contracts/capacity';
import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const warmUpMs = 60_000;
const measuredMs = 600_000;
const minuteMs = 60_000;
const jitterMs = 50;

interface Start {
  readonly atMs: number;
  readonly units: number;
}

/** Small, seeded and good enough for sizes and jitter (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Log-normal sizes, clipped. */
function sizesOf(random: () => number, { mean, sigma, largest }: { mean: number; sigma: number; largest: number }) {
  return (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(1, Math.min(largest, Math.ceil(mean * Math.exp(sigma * normal - (sigma * sigma) / 2))));
  };
}

const batch = 25;

/** Books until the minutes are full. Nobody waits for real, as starts are told ahead; one connection keeps the order. */
async function saturate(
  limits: { rpm?: number; tpm?: number },
  nextTokens: () => number,
  headers: readonly LimitReading[] = [],
): Promise<readonly Start[]> {
  const { store, clock } = capacity.current;
  const starts: Start[] = [];
  while ((starts.at(-1)?.atMs ?? 0) < warmUpMs + measuredMs) {
    const asked = Array.from({ length: batch }, (_, index) => ({
      rid: `r${starts.length + index}`,
      tokens: nextTokens(),
    }));
    const booked = await Promise.all(
      asked.map(async ({ rid, tokens }) => {
        const answer = await store.reserve(request(rid, [candidate('east', limits, { tokens })]));
        return { reservation: granted(answer), units: limits.tpm === undefined ? 1 : tokens };
      }),
    );
    for (const { reservation, units } of booked) starts.push({ atMs: reservation.startAt - clock.now(), units });
    // Some answers come back.
    const [first] = booked;
    if (first !== undefined) await store.settle({ ...first.reservation, outcome: 'succeeded', limits: headers });
  }
  return starts;
}

function useOf(starts: readonly Start[], limit: number): number {
  const measured = starts.filter(({ atMs }) => atMs >= warmUpMs && atMs < warmUpMs + measuredMs);
  return measured.reduce((sum, { units }) => sum + units, 0) / (limit * (measuredMs / minuteMs));
}

type Limiter = (atMs: number, units: number) => boolean;

function bucketOf(limit: number, capacityUnits: number): Limiter {
  let level = capacityUnits;
  let last = 0;
  return (atMs, units) => {
    level = Math.min(capacityUnits, level + ((atMs - last) * limit) / minuteMs);
    last = atMs;
    if (level < units - 1e-6) return false;
    level -= units;
    return true;
  };
}

/** Admits what is larger than itself when it is nine tenths full, and has to make up for it. */
function lendingBucketOf(limit: number, capacityUnits: number): Limiter {
  let level = capacityUnits;
  let last = 0;
  return (atMs, units) => {
    level = Math.min(capacityUnits, level + ((atMs - last) * limit) / minuteMs);
    last = atMs;
    if (level < Math.min(units, 0.9 * capacityUnits) - 1e-6) return false;
    level -= units;
    return true;
  };
}

function fixedMinuteOf(limit: number, phaseMs: number): Limiter {
  let minute = -1;
  let used = 0;
  return (atMs, units) => {
    const current = Math.floor((atMs + phaseMs) / minuteMs);
    if (current !== minute) [minute, used] = [current, 0];
    if (used + units > limit) return false;
    used += units;
    return true;
  };
}

function slidingWindowOf(limit: number, lengthMs: number): Limiter {
  const admitted: Start[] = [];
  let used = 0;
  return (atMs, units) => {
    while (admitted[0] !== undefined && admitted[0].atMs <= atMs - lengthMs) used -= (admitted.shift() as Start).units;
    if (used + units > limit) return false;
    admitted.push({ atMs, units });
    used += units;
    return true;
  };
}

function rejectedBy(limiter: Limiter, starts: readonly Start[]): number {
  const jitter = randomFrom(7);
  const arrivals = starts
    .map(({ atMs, units }) => ({ atMs: atMs + jitter() * jitterMs, units }))
    .sort((a, b) => a.atMs - b.atMs);
  return arrivals.filter(({ atMs, units }) => !limiter(atMs, units)).length;
}

describe('ten saturated minutes', () => {
  const tpm = 150_000;

  test.each([
    { name: 'equal sizes of 1 %', least: 0.998, sizes: () => () => 1_500 },
    {
      name: 'mixed sizes, 0.3 % in the mean and up to 5 %',
      least: 0.985,
      sizes: () => sizesOf(randomFrom(42), { mean: 450, sigma: 1, largest: 7_500 }),
    },
    {
      name: 'mixed sizes, 1 % in the mean and up to 5 %',
      least: 0.98,
      sizes: () => sizesOf(randomFrom(42), { mean: 1_500, sigma: 0.5, largest: 7_500 }),
    },
  ])('of $name use $least of the token limit and meet no 429', async ({ least, sizes }) => {
    // As any limiter tells that remembers more than a second.
    const headers = [{ dimension: 'tpm', limit: tpm, remaining: tpm * 0.9, resetMs: 6_000 }] as const;
    const starts = await saturate({ tpm }, sizes(), headers);
    expect(useOf(starts, tpm)).toBeGreaterThanOrEqual(least);
    expect(useOf(starts, tpm)).toBeLessThanOrEqual(1);
    const second = tpm / 60;
    const rejected = {
      bucketOfTenSeconds: rejectedBy(bucketOf(tpm, 10 * second), starts),
      bucketOfAMinute: rejectedBy(bucketOf(tpm, tpm), starts),
      fixedMinute: rejectedBy(fixedMinuteOf(tpm, 12_345), starts),
      slidingMinute: rejectedBy(slidingWindowOf(tpm, minuteMs), starts),
    };
    expect(rejected).toEqual({
      bucketOfTenSeconds: 0,
      bucketOfAMinute: 0,
      fixedMinute: 0,
      slidingMinute: 0,
    });
  });

  test('of mixed sizes meet no 429 of a bucket of one second, which lends to a request only when it is full', async () => {
    const starts = await saturate({ tpm }, sizesOf(randomFrom(42), { mean: 450, sigma: 1, largest: 7_500 }));
    expect(useOf(starts, tpm)).toBeGreaterThanOrEqual(0.978);
    expect(rejectedBy(lendingBucketOf(tpm, tpm / 60), starts)).toBe(0);
    expect(rejectedBy(slidingWindowOf(tpm, minuteMs), starts)).toBe(0);
  });

  test('of requests judged on ten seconds use 99 % of the limit and meet no 429', async () => {
    const rpm = 120;
    const starts = await saturate({ rpm }, () => 0);
    expect(useOf(starts, rpm)).toBeGreaterThanOrEqual(0.99);
    expect(rejectedBy(slidingWindowOf(rpm / 6, 10_000), starts)).toBe(0);
    expect(rejectedBy(slidingWindowOf(rpm, minuteMs), starts)).toBe(0);
    expect(rejectedBy(bucketOf(rpm, rpm / 60), starts)).toBe(0);
  });

  test('would be rejected by a limiter a little lower than planned for: the limiters can say no', async () => {
    const starts = await saturate({ tpm: 15_000 }, () => 150);
    expect(rejectedBy(slidingWindowOf(15_000 * 0.97, minuteMs), starts)).toBeGreaterThan(0);
    expect(rejectedBy(fixedMinuteOf(15_000 * 0.97, 12_345), starts)).toBeGreaterThan(0);
    expect(rejectedBy(bucketOf(15_000 * 0.97, 250), starts)).toBeGreaterThan(0);
  });
});
