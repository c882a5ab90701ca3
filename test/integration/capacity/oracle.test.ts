/**
 * The engine and what others do in its place, against limiters that know nothing of either: the simulator's, in virtual
 * time, each at three phases. What most gateways do has to fail on them, or passing would prove nothing; the engine has
 * to pass all of them, with calls that arrive up to J late, and use the quota.
 */
import { createLimiter, requestWindows, tokenWindows } from '../../../src/simulator';
import type { LimitSettings } from '../../../src/simulator';
import { createRandom } from '../../../src/simulator/random';
import type { LimitReading } from '../../../src/contracts/capacity';
import type { Limits } from '../../../src/contracts/settings';
import { candidate, capacitySettings, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const { jitterMs } = capacitySettings;
const minuteMs = 60_000;
const warmUpMs = minuteMs;
const measuredMs = 10 * minuteMs;
const untilMs = warmUpMs + measuredMs;
const epochMs = Date.UTC(2026, 10, 5);
const seeds = [1, 2, 3];
/** Share of refused requests that nobody may have. */
const failing = 0.001;

interface Start {
  /** After the first caller came. */
  readonly atMs: number;
  readonly units: number;
}

/** Of callers who all come at once, whose requests are so large: when each is sent. */
type Client = (nextUnits: () => number, limit: number) => Promise<readonly Start[]>;

/** Counts the minutes of the clock: all of the quota at once, then nothing until the next. */
const countMinutes: Client = async (nextUnits, limit) => {
  let [minute, used] = [0, 0];
  return take(nextUnits, (units) => {
    if (used + units > limit) [minute, used] = [minute + 1, 0];
    used += units;
    return minute * minuteMs;
  });
};

/** A token bucket that holds a minute and is full at the beginning. */
const fillBucket: Client = async (nextUnits, limit) => {
  let used = 0;
  return take(nextUnits, (units) => {
    used += units;
    return Math.max(0, ((used - limit) / limit) * minuteMs);
  });
};

/** Three processes, each with a pacer of its own for the whole quota: none knows of the others. */
const paceAlone: Client = async (nextUnits, limit) => {
  const nextMs = [0, 0, 0];
  let turn = 0;
  return take(nextUnits, (units) => {
    turn = (turn + 1) % nextMs.length;
    const atMs = nextMs[turn] ?? 0;
    nextMs[turn] = atMs + (units * minuteMs) / limit;
    return atMs;
  });
};

function take(nextUnits: () => number, startOf: (units: number) => number): Start[] {
  const starts: Start[] = [];
  while ((starts.at(-1)?.atMs ?? 0) < untilMs) {
    const units = nextUnits();
    starts.push({ atMs: startOf(units), units });
  }
  return starts;
}

const askedAtOnce = 25;

function reserving(limits: Limits, headers: readonly LimitReading[] = []): Client {
  return async (nextUnits) => {
    const { store, clock } = capacity.current;
    const starts: Start[] = [];
    while ((starts.at(-1)?.atMs ?? 0) < untilMs) {
      const asked = Array.from({ length: askedAtOnce }, (_, index) => ({
        rid: `r${starts.length + index}`,
        units: nextUnits(),
      }));
      const booked = await Promise.all(
        asked.map(async ({ rid, units }) => {
          const tokens = limits.tpm === undefined ? 0 : units;
          const reservation = granted(await store.reserve(request(rid, [candidate('east', limits, { tokens })])));
          return { reservation, units };
        }),
      );
      for (const { reservation, units } of booked) starts.push({ atMs: reservation.startAt - clock.now(), units });
      // Some answers come back.
      const [first] = booked;
      if (first !== undefined) await store.settle({ ...first.reservation, outcome: 'succeeded', limits: headers });
    }
    return starts;
  };
}

interface Verdict {
  readonly refusedShare: number;
  /** Units that the provider charged, of its limit, over the measured minutes. */
  readonly use: number;
}

function judge(starts: readonly Start[], limits: LimitSettings, seed: number): Verdict {
  const random = createRandom('jitter', seed);
  const limiter = createLimiter({ name: 'east', limits, chargesFailedRequests: true }, { now: () => epochMs }, seed);
  const arrivals = starts
    .map(({ atMs, units }) => ({ atMs: atMs + random.next() * jitterMs, units }))
    .sort((a, b) => a.atMs - b.atMs);
  let [refused, charged] = [0, 0];
  for (const { atMs, units } of arrivals) {
    const size = { upfrontTokens: units, inputTokens: units, outputLimit: 1 };
    const verdict = limiter.admit(size, epochMs + atMs);
    if (!verdict.isAdmitted) refused += 1;
    else {
      limiter.settle(verdict, epochMs + atMs);
      if (atMs >= warmUpMs && atMs < untilMs) charged += limits.tpm === undefined ? 1 : units;
    }
  }
  const limit = limits.tpm ?? limits.rpm ?? Infinity;
  return { refusedShare: refused / arrivals.length, use: charged / (limit * (measuredMs / minuteMs)) };
}

function refusedBy(starts: readonly Start[], limits: LimitSettings): readonly number[] {
  return seeds.map((seed) => judge(starts, limits, seed).refusedShare);
}

const tpm = 60_000;
/** Log-normal around 150, up to a twentieth of the limit. */
function tokenSizes(): () => number {
  const random = createRandom('sizes', 7);
  return () => Math.ceil(Math.min(tpm / 20, random.lognormal(150, 0.8)));
}

const peers = { countMinutes, fillBucket, paceAlone };

describe('a token limit', () => {
  /** As any limiter tells that remembers more than a second. */
  const provenBurst: LimitReading = { dimension: 'tpm', limit: tpm, remaining: tpm * 0.9, resetMs: 6_000 };

  test.each([
    { name: 'headers say nothing', headers: [], kinds: tokenWindows, least: 0.978 },
    {
      name: 'headers prove a longer burst',
      headers: [provenBurst],
      kinds: tokenWindows.filter((kind) => kind !== 'bucket1s'),
      least: 0.99,
    },
  ])('admits every call of the engine, which uses $least of it where $name', async ({ headers, kinds, least }) => {
    const starts = await reserving({ tpm }, headers)(tokenSizes(), tpm);
    for (const tokens of kinds) {
      const verdicts = seeds.map((seed) => judge(starts, { tpm, window: { tokens } }, seed));
      expect(verdicts.map(({ refusedShare }) => refusedShare)).toEqual([0, 0, 0]);
      expect(Math.min(...verdicts.map(({ use }) => use))).toBeGreaterThanOrEqual(least);
    }
  });

  test.each<[keyof typeof peers, readonly (typeof tokenWindows)[number][]]>([
    ['countMinutes', ['slidingMinute', 'bucket1s', 'bucket10s']],
    ['fillBucket', ['slidingMinute', 'fixedMinute', 'bucket1s', 'bucket10s']],
    ['paceAlone', ['slidingMinute', 'fixedMinute', 'bucket1s', 'bucket10s', 'bucket60s']],
  ])('refuses %s where it is counted as %j', async (peer, kinds) => {
    const starts = await peers[peer](tokenSizes(), tpm);
    for (const tokens of kinds) {
      expect(Math.min(...refusedBy(starts, { tpm, window: { tokens } }))).toBeGreaterThan(failing);
    }
  });
});

describe('a request limit', () => {
  const rpm = 600;
  const one = (): number => 1;
  /** A window of a second that admits n is kept by n − 1 gaps, spread over itself and J. */
  const boundOfASecond = ((rpm / 60 - 1) / (rpm / 60)) * (1_000 / (1_000 + jitterMs));

  test.each([
    { limits: { rpm }, kinds: requestWindows.filter((kind) => kind !== 'judged1s'), least: 0.96 },
    { limits: { rpm, requestWindowMs: 1_000 as const }, kinds: requestWindows, least: 0.95 * boundOfASecond },
  ])('counted as $kinds admits every call of the engine, which uses $least of it', async ({ limits, kinds, least }) => {
    const starts = await reserving(limits)(one, rpm);
    for (const requests of kinds) {
      const verdicts = seeds.map((seed) => judge(starts, { rpm, window: { requests } }, seed));
      expect(verdicts.map(({ refusedShare }) => refusedShare)).toEqual([0, 0, 0]);
      expect(Math.min(...verdicts.map(({ use }) => use))).toBeGreaterThanOrEqual(least);
    }
  });

  test.each(Object.entries(peers))('refuses %s where it is judged on 1 s or 10 s', async (_, peer) => {
    const starts = await peer(one, rpm);
    for (const requests of ['judged1s', 'judged10s'] as const) {
      expect(Math.min(...refusedBy(starts, { rpm, window: { requests } }))).toBeGreaterThan(failing);
    }
  });
});
