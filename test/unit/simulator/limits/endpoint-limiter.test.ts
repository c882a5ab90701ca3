import { createLimiter } from '../../../../src/simulator/limits';
import type { CallSize, Claim, EndpointLimiter, LimitSettings, Refusal } from '../../../../src/simulator/limits';

const startMs = Date.UTC(2026, 10, 5);

function limiterOf(limits: LimitSettings, options: { charges?: boolean; seed?: number } = {}): EndpointLimiter {
  const settings = { name: 'x', limits, chargesFailedRequests: options.charges ?? false };
  return createLimiter(settings, { now: () => startMs }, options.seed ?? 1);
}

function callOf(upfrontTokens: number, size: Partial<CallSize> = {}): CallSize {
  return { upfrontTokens, inputTokens: upfrontTokens, outputLimit: 1_000, ...size };
}

function admitted(verdict: Claim | Refusal): Claim {
  if (!verdict.isAdmitted) throw new Error(`refused: ${JSON.stringify(verdict)}`);
  return verdict;
}

function refused(verdict: Claim | Refusal): Refusal {
  if (verdict.isAdmitted) throw new Error('admitted');
  return verdict;
}

describe('createLimiter', () => {
  test('admits at the clock’s time unless told another', () => {
    let nowMs = startMs;
    const settings = { name: 'x', limits: { rpm: 1 }, chargesFailedRequests: false };
    const limiter = createLimiter(settings, { now: () => nowMs }, 1);
    expect(admitted(limiter.admit(callOf(1))).admittedAtMs).toBe(startMs);
    nowMs += 30_000;
    expect(refused(limiter.admit(callOf(1))).waitMs).toBe(30_000);
    expect(admitted(limiter.admit(callOf(1), startMs + 60_000)).admittedAtMs).toBe(startMs + 60_000);
  });

  test('without limits admits everything', () => {
    const limiter = limiterOf({});
    for (let sent = 0; sent < 1_000; sent += 1) admitted(limiter.admit(callOf(1e9), startMs));
    expect(limiter.read(startMs)).toEqual({});
  });

  test('a call refused by one limit is charged to none', () => {
    const limiter = limiterOf({ rpm: 10, tpm: 100, inputTpm: 1_000, rpd: 5 });
    admitted(limiter.admit(callOf(60, { inputTokens: 50 }), startMs));
    expect(refused(limiter.admit(callOf(41), startMs))).toEqual({
      isAdmitted: false,
      dimension: 'tpm',
      limit: 100,
      remaining: 40,
      requested: 41,
      waitMs: 60_000,
    });
    const { rpm, tpm, inputTpm, rpd } = limiter.read(startMs);
    expect([rpm, tpm, inputTpm, rpd].map((reading) => reading?.remaining)).toEqual([9, 40, 950, 4]);
    expect(limiter.inFlight).toBe(1);
  });

  test('names the limit that keeps a call out for the longest', () => {
    const limiter = limiterOf({ rpm: 1, rpd: 1, concurrency: 1 });
    admitted(limiter.admit(callOf(1), startMs));
    expect(refused(limiter.admit(callOf(1), startMs))).toMatchObject({ dimension: 'rpd', waitMs: 8 * 3_600_000 });
    const large = limiterOf({ rpm: 1, tpm: 100 });
    admitted(large.admit(callOf(1), startMs));
    expect(refused(large.admit(callOf(101), startMs))).toMatchObject({ dimension: 'tpm', waitMs: Infinity });
  });

  test.each(['slidingMinute', 'fixedMinute', 'bucket1s', 'bucket10s', 'bucket60s'] as const)(
    'counting by %s, whoever waits exactly as told is admitted',
    (kind) => {
      const limiter = limiterOf({ rpm: 700, tpm: 90_007, window: { requests: kind, tokens: kind } });
      let nowMs = startMs + 0.3;
      for (let sent = 0; sent < 2_000; sent += 1) {
        const call = callOf(100 + ((sent * 37) % 4_000));
        const first = limiter.admit(call, nowMs);
        if (first.isAdmitted) continue;
        nowMs += first.waitMs ?? 0;
        admitted(limiter.admit(call, nowMs));
      }
    },
  );
});

describe('concurrency', () => {
  test('holds a place until the call is settled, and settling twice frees one', () => {
    const limiter = limiterOf({ concurrency: 2 });
    const first = admitted(limiter.admit(callOf(1), startMs));
    admitted(limiter.admit(callOf(1), startMs));
    expect(refused(limiter.admit(callOf(1), startMs))).toEqual({
      isAdmitted: false,
      dimension: 'concurrency',
      limit: 2,
      remaining: 0,
      requested: 1,
    });
    limiter.settle(first, startMs + 1);
    limiter.settle(first, startMs + 1);
    expect(limiter.inFlight).toBe(1);
    admitted(limiter.admit(callOf(1), startMs + 1));
    expect(limiter.admit(callOf(1), startMs + 1).isAdmitted).toBe(false);
    expect(limiter.maxInFlight).toBe(2);
  });
});

describe('rejected requests', () => {
  test.each([
    ['count as requests, of the minute and of the day, where the provider counts them', true, 1],
    ['do not where it does not', false, 3],
  ])('%s', (_name, charges, remaining) => {
    const limiter = limiterOf({ rpm: 4, rpd: 4, concurrency: 1 }, { charges });
    admitted(limiter.admit(callOf(1), startMs));
    refused(limiter.admit(callOf(1), startMs));
    refused(limiter.admit(callOf(1), startMs));
    const { rpm, rpd } = limiter.read(startMs);
    expect([rpm?.remaining, rpd?.remaining]).toEqual([remaining, remaining]);
  });

  test('are never charged for tokens', () => {
    const limiter = limiterOf({ tpm: 100, concurrency: 1 }, { charges: true });
    admitted(limiter.admit(callOf(10), startMs));
    refused(limiter.admit(callOf(10), startMs));
    expect(limiter.read(startMs).tpm?.remaining).toBe(90);
  });

  test.each(['slidingMinute', 'bucket1s', 'bucket60s'] as const)(
    'counted by %s, one that is repeated all the time never gets in, and gets in after a silent minute',
    (requests) => {
      const limiter = limiterOf({ rpm: 60, window: { requests } }, { charges: true });
      for (let sent = 0; sent < 60; sent += 1) limiter.admit(callOf(1), startMs);
      let nowMs = startMs;
      for (; nowMs < startMs + 300_000; nowMs += 250) refused(limiter.admit(callOf(1), nowMs));
      admitted(limiter.admit(callOf(1), nowMs + 61_000));
    },
  );
});

describe('outputTpm', () => {
  test('is charged as output is generated, not at admission', () => {
    const limiter = limiterOf({ inputTpm: 1_000, outputTpm: 100 });
    const claim = admitted(limiter.admit(callOf(50, { outputLimit: 80 }), startMs));
    expect(limiter.read(startMs)).toMatchObject({ inputTpm: { remaining: 950 }, outputTpm: { remaining: 100 } });
    expect(limiter.read(startMs).outputTpm?.fullInMs).toBe(0);
    limiter.generate(claim, 30, startMs + 1_000);
    limiter.generate(claim, 20, startMs + 2_000);
    expect(limiter.read(startMs + 2_000)).toMatchObject({ outputTpm: { remaining: 50, fullInMs: 60_000 } });
    limiter.settle(claim, startMs + 3_000);
    expect(limiter.read(startMs + 3_000).outputTpm?.remaining).toBe(50);
  });

  test('admits while a token is left; what is generated over it is not cut off, but made up for', () => {
    const limiter = limiterOf({ outputTpm: 60, window: { tokens: 'bucket60s' } });
    const claims = [1, 2, 3].map(() => admitted(limiter.admit(callOf(1, { outputLimit: 10_000 }), startMs)));
    for (const claim of claims) limiter.generate(claim, 30, startMs);
    expect(refused(limiter.admit(callOf(1), startMs))).toEqual({
      isAdmitted: false,
      dimension: 'outputTpm',
      limit: 60,
      remaining: 0,
      requested: 1,
      waitMs: 31_000,
    });
    admitted(limiter.admit(callOf(1), startMs + 31_000));
  });

  test('reserved, the whole output a call may have is charged at admission and the rest given back at its end', () => {
    const limiter = limiterOf({ outputTpm: 100, reservesOutput: true });
    const claim = admitted(limiter.admit(callOf(1, { outputLimit: 80 }), startMs));
    expect(refused(limiter.admit(callOf(1, { outputLimit: 21 }), startMs))).toMatchObject({
      dimension: 'outputTpm',
      remaining: 20,
      requested: 21,
    });
    limiter.generate(claim, 30, startMs + 5_000);
    expect(limiter.read(startMs + 5_000).outputTpm?.remaining).toBe(20);
    limiter.settle(claim, startMs + 5_000);
    limiter.settle(claim, startMs + 5_000);
    expect(limiter.read(startMs + 5_000).outputTpm?.remaining).toBe(70);
    expect(refused(limiter.admit(callOf(1, { outputLimit: 101 }), startMs + 5_000)).waitMs).toBe(Infinity);
  });

  test('a call that was not reserved for gets nothing back when reserving begins before its end', () => {
    const limiter = limiterOf({ outputTpm: 100, window: { tokens: 'bucket60s' } });
    const claim = admitted(limiter.admit(callOf(1, { outputLimit: 80 }), startMs));
    limiter.generate(claim, 50, startMs);
    const limits: LimitSettings = { outputTpm: 100, window: { tokens: 'bucket60s' }, reservesOutput: true };
    limiter.configure({ name: 'x', limits, chargesFailedRequests: false }, startMs);
    limiter.settle(claim, startMs);
    expect(limiter.read(startMs).outputTpm?.remaining).toBe(50);
  });
});

describe('tpm', () => {
  const size = { inputTokens: 20, outputLimit: 80 };

  test.each([
    ['keeps the whole requested output charged (OpenAI)', {}, 0, 100],
    ['gives back what was not generated (Bedrock)', { refundsOutput: true }, 50, 50],
  ])('%s', (_name, rule, remaining, charged) => {
    const limiter = limiterOf({ tpm: 100, ...rule });
    const claim = admitted(limiter.admit(callOf(100, size), startMs));
    expect(claim.chargedTokens).toBe(100);
    limiter.generate(claim, 30, startMs + 9_000);
    limiter.settle(claim, startMs + 10_000);
    expect(limiter.read(startMs + 10_000).tpm?.remaining).toBe(remaining);
    expect(claim.chargedTokens).toBe(charged);
  });

  test('has nothing to give back where only input was charged', () => {
    const limiter = limiterOf({ tpm: 100, refundsOutput: true });
    const claim = admitted(limiter.admit(callOf(20, size), startMs));
    limiter.generate(claim, 5, startMs);
    limiter.settle(claim, startMs);
    expect(limiter.read(startMs).tpm?.remaining).toBe(80);
    expect(claim.chargedTokens).toBe(20);
  });
});

describe('rpd', () => {
  test('is a count from one Pacific midnight to the next, whatever the window of the minute', () => {
    const limiter = limiterOf({ rpm: 100, rpd: 2, window: { requests: 'bucket1s' } });
    admitted(limiter.admit(callOf(1), startMs));
    admitted(limiter.admit(callOf(1), startMs + 3_600_000));
    expect(refused(limiter.admit(callOf(1), startMs + 2 * 3_600_000))).toMatchObject({
      dimension: 'rpd',
      limit: 2,
      waitMs: 6 * 3_600_000,
    });
    admitted(limiter.admit(callOf(1), startMs + 8 * 3_600_000));
  });
});

describe('configure', () => {
  const reconfigure = (limiter: EndpointLimiter, limits: LimitSettings): void =>
    limiter.configure({ name: 'x', limits, chargesFailedRequests: false }, startMs);

  test('a new limit of the same kind keeps what was charged, another kind of window counts anew', () => {
    const limiter = limiterOf({ rpm: 10, tpm: 100 });
    admitted(limiter.admit(callOf(60), startMs));
    reconfigure(limiter, { rpm: 20, tpm: 100, window: { tokens: 'bucket60s' } });
    expect(limiter.read(startMs)).toMatchObject({ rpm: { limit: 20, remaining: 19 }, tpm: { remaining: 100 } });
  });

  test('a limit that is gone is not enforced, and one that is new begins empty', () => {
    const limiter = limiterOf({ rpm: 1 });
    admitted(limiter.admit(callOf(1), startMs));
    reconfigure(limiter, { inputTpm: 10 });
    admitted(limiter.admit(callOf(10), startMs));
    expect(refused(limiter.admit(callOf(1), startMs)).dimension).toBe('inputTpm');
  });
});

describe('phases', () => {
  const resetOf = (name: string, seed: number, dimension: 'rpm' | 'tpm'): number => {
    const limits: LimitSettings = { rpm: 60, tpm: 60, window: { requests: 'fixedMinute', tokens: 'fixedMinute' } };
    const limiter = createLimiter({ name, limits, chargesFailedRequests: false }, { now: () => startMs }, seed);
    limiter.admit(callOf(60));
    return limiter.read()[dimension]?.fullInMs ?? 0;
  };

  test('hang on seed, endpoint and dimension alone', () => {
    expect(resetOf('x', 1, 'tpm')).toBe(resetOf('x', 1, 'tpm'));
    const phases = [resetOf('x', 1, 'tpm'), resetOf('x', 2, 'tpm'), resetOf('y', 1, 'tpm'), resetOf('x', 1, 'rpm')];
    expect(new Set(phases).size).toBe(4);
  });
});
