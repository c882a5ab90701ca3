/** Ten saturated minutes in virtual time: how much of the quota is used, and what limiters of different make say. */
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

async function saturate(limits: { rpm?: number; tpm?: number }, nextTokens: () => number): Promise<readonly Start[]> {
  const { store, clock } = capacity.current;
  const openedAt = clock.now();
  const starts: Start[] = [];
  for (let count = 0; clock.now() < openedAt + warmUpMs + measuredMs; count++) {
    const tokens = nextTokens();
    const asked = request(`r${count}`, [candidate('east', limits, { tokens })], { maxWaitMs: 10_000 });
    let answer = await store.reserve(asked);
    while (answer.kind === 'wait') {
      clock.advance(answer.retryInMs);
      answer = await store.reserve(asked);
    }
    const reservation = granted(answer);
    starts.push({ atMs: reservation.startAt - openedAt, units: limits.tpm === undefined ? 1 : tokens });
    await store.settle({ ...reservation, outcome: 'succeeded' });
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
      least: 0.99,
      sizes: () => sizesOf(randomFrom(42), { mean: 450, sigma: 1, largest: 7_500 }),
    },
    {
      name: 'mixed sizes, 1 % in the mean and up to 5 %',
      least: 0.98,
      sizes: () => sizesOf(randomFrom(42), { mean: 1_500, sigma: 0.5, largest: 7_500 }),
    },
  ])('of $name use $least of the token limit and meet no 429', async ({ least, sizes }) => {
    const starts = await saturate({ tpm }, sizes());
    expect(useOf(starts, tpm)).toBeGreaterThanOrEqual(least);
    expect(useOf(starts, tpm)).toBeLessThanOrEqual(1);
    const second = tpm / 60;
    const largest = Math.max(...starts.map(({ units }) => units));
    const rejected = {
      bucketOfASecond: rejectedBy(bucketOf(tpm, Math.max(second, largest)), starts),
      bucketOfTenSeconds: rejectedBy(bucketOf(tpm, 10 * second), starts),
      bucketOfAMinute: rejectedBy(bucketOf(tpm, tpm), starts),
      fixedMinute: rejectedBy(fixedMinuteOf(tpm, 12_345), starts),
      slidingMinute: rejectedBy(slidingWindowOf(tpm, minuteMs), starts),
    };
    expect(rejected).toEqual({
      bucketOfASecond: 0,
      bucketOfTenSeconds: 0,
      bucketOfAMinute: 0,
      fixedMinute: 0,
      slidingMinute: 0,
    });
  });

  test('of requests judged on ten seconds use 99 % of the limit and meet no 429', async () => {
    const rpm = 600;
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
