/**
 * Whether the limiters can tell good clients from bad ones, in virtual time: what most gateways do must fail on them,
 * and a flow that is paced below the rate must pass, also when requests arrive up to 25 ms late.
 */
import { createLimiter, tokenWindows } from '../../../../src/simulator';
import type { LimitSettings } from '../../../../src/simulator';
import { createRandom } from '../../../../src/simulator/random';
import type { Random } from '../../../../src/simulator/random';

const tpm = 60_000;
const minuteMs = 60_000;
const largestShare = 0.05;
const jitterMs = 25;
const startMs = Date.UTC(2026, 10, 5);
/** Share of refused requests that no client may have. */
const failing = 0.001;

interface Sent {
  readonly atMs: number;
  readonly tokens: number;
}

/** Given the size of the next request, when a client sends it: milliseconds after its start. */
type Client = (tokens: number) => number;

/** Everything at the beginning of each minute. */
function countMinutes(): Client {
  let minute = 0;
  let used = 0;
  return (tokens) => {
    if (used + tokens > tpm) [minute, used] = [minute + 1, 0];
    used += tokens;
    return minute * minuteMs;
  };
}

/** A bucket that holds a minute, full at the start. */
function fillBucket(): Client {
  let used = 0;
  return (tokens) => {
    used += tokens;
    return Math.max(0, ((used - tpm) / tpm) * minuteMs);
  };
}

/** One after the other, each as long as it takes at a rate that leaves room for the largest. */
function pace(): Client {
  let nextMs = 0;
  return (tokens) => {
    const atMs = nextMs;
    nextMs += (tokens * (minuteMs + jitterMs)) / (tpm * (1 - largestShare));
    return atMs;
  };
}

function sendEvenly(perSecond: number): Client {
  let sent = 0;
  return () => {
    sent += 1;
    return (sent / perSecond) * 1_000;
  };
}

function sendFrom(client: Client, random: Random): Sent[] {
  const sent = Array.from({ length: 4_000 }, () => {
    const tokens = Math.ceil(Math.min(tpm * largestShare, random.lognormal(150, 0.8)));
    return { tokens, atMs: startMs + client(tokens) + random.next() * jitterMs };
  });
  return sent.sort((a, b) => a.atMs - b.atMs);
}

function refusedShare(client: Client, limits: LimitSettings, seed: number): number {
  const limiter = createLimiter({ name: 'x', limits, chargesFailedRequests: true }, { now: () => startMs }, seed);
  const sent = sendFrom(client, createRandom(seed));
  const refused = sent.filter(({ atMs, tokens }) => {
    const verdict = limiter.admit({ upfrontTokens: tokens, inputTokens: tokens, outputLimit: 1 }, atMs);
    if (verdict.isAdmitted) limiter.settle(verdict, atMs);
    return !verdict.isAdmitted;
  });
  return refused.length / sent.length;
}

const seeds = [1, 2, 3];
const variants = tokenWindows.map((kind) => [kind, { tpm, window: { tokens: kind } }] as const);

describe('a paced client', () => {
  test.each(variants)('is never refused by %s', (_kind, limits) => {
    expect(seeds.map((seed) => refusedShare(pace(), limits, seed))).toEqual([0, 0, 0]);
  });

  test.each(['judged1s', 'judged10s'] as const)('is never refused by requests that are %s', (requests) => {
    // Of 117 requests a second no more than 120 arrive in one, when each is up to 25 ms late.
    const limits: LimitSettings = { rpm: 120 * 60, window: { requests } };
    expect(seeds.map((seed) => refusedShare(sendEvenly(117), limits, seed))).toEqual([0, 0, 0]);
    expect(refusedShare(sendEvenly(125), limits, 1)).toBeGreaterThan(0);
  });
});

describe('a client that counts minutes', () => {
  test.each(['bucket1s', 'bucket10s', 'slidingMinute'] as const)('is refused by %s', (kind) => {
    const limits: LimitSettings = { tpm, window: { tokens: kind } };
    for (const seed of seeds) expect(refusedShare(countMinutes(), limits, seed)).toBeGreaterThan(failing);
  });
});

describe('a client with a bucket of a minute', () => {
  test.each(['bucket1s', 'bucket10s', 'slidingMinute', 'fixedMinute'] as const)('is refused by %s', (kind) => {
    const limits: LimitSettings = { tpm, window: { tokens: kind } };
    for (const seed of seeds) expect(refusedShare(fillBucket(), limits, seed)).toBeGreaterThan(failing);
  });
});

describe('two clients that do not know of each other', () => {
  test.each(variants)('each paced at the whole limit, are refused by %s', (_kind, limits) => {
    const paced = [pace(), pace()] as const;
    let turn: 0 | 1 = 0;
    const both: Client = (tokens) => {
      turn = turn === 0 ? 1 : 0;
      return paced[turn](tokens);
    };
    expect(refusedShare(both, limits, 1)).toBeGreaterThan(failing);
  });
});
