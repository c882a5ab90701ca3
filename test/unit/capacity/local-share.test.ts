import { LocalShare } from '../../../src/capacity/local-share';
import type { CapacityCandidate, Reservation, ReserveAnswer, ReserveRequest } from '../../../src/contracts/capacity';
import type { Limits } from '../../../src/contracts/settings';
import { failureOf } from './failure-of';

const lostAtMs = 1_000_000;

interface Setup {
  readonly workers?: number;
  readonly random?: number;
}

function open({ workers = 1, random = 0 }: Setup = {}) {
  let now = lostAtMs;
  const share = new LocalShare({
    leaseMs: 30_000,
    jitterMs: 50,
    liveWorkers: () => workers,
    now: () => now,
    random: () => random,
  });
  return {
    share,
    advance: (ms: number) => void (now += ms),
    reserve: (rid: string, candidates: readonly CapacityCandidate[], changes: Partial<ReserveRequest> = {}) =>
      share.reserve(
        { rid, pool: 'smart', candidates, lane: 'interactive', tenant: 'acme', maxWaitMs: 60_000, ...changes },
        lostAtMs,
      ),
  };
}

function on(endpoint: string, limits: Limits, changes: Partial<CapacityCandidate> = {}): CapacityCandidate {
  return { endpoint, quotaGroup: endpoint, limits, cost: { tokens: 1_000 }, ...changes };
}

function granted(answer: ReserveAnswer): Reservation {
  if (answer.kind !== 'granted') throw new Error(`expected a grant, got ${JSON.stringify(answer)}`);
  return answer.reservation;
}

describe('LocalShare.reserve', () => {
  test.each<[string, Limits, number]>([
    ['rpm', { rpm: 60 }, 4_000],
    ['tpm', { tpm: 60_000 }, 4_000],
    ['inputTpm', { inputTpm: 60_000 }, 4_000],
    ['rpd', { rpd: 86_400 }, 4_000],
  ])('paces %s to half of the limit divided by the workers', (dimension, limits, gapMs) => {
    const { reserve } = open({ workers: 2 });
    const starts = ['a', 'b', 'c'].map((rid) => granted(reserve(rid, [on('east', limits)])));
    expect(starts.map(({ startInMs }) => startInMs)).toEqual([gapMs, 2 * gapMs, 3 * gapMs]);
    expect(starts[0]).toEqual({
      rid: 'a',
      pool: 'smart',
      endpoint: 'east',
      quotaGroup: 'east',
      startAt: lostAtMs + gapMs,
      startInMs: gapMs,
      leaseMs: 30_000,
      blockedBy: `${dimension} on east`,
    });
  });

  test('spreads the first starts of several processes over a second gap', () => {
    const first = (random: number): number =>
      granted(open({ workers: 2, random }).reserve('a', [on('east', { rpm: 60 })])).startInMs;
    expect([first(0), first(0.25), first(0.75)]).toEqual([4_000, 5_000, 7_000]);
  });

  test('lets the starts that the store still granted pass first', () => {
    const { reserve, advance } = open();
    const fast = [on('east', { rpm: 60_000 })];
    expect(granted(reserve('a', fast))).toMatchObject({ startInMs: 1_000, blockedBy: 'recovery on east' });
    advance(5_000);
    expect(granted(reserve('b', fast))).toEqual(
      expect.not.objectContaining({ blockedBy: expect.anything() as unknown }),
    );
  });

  test('gives endpoints of one quota group one share', () => {
    const { reserve } = open();
    const group = { quotaGroup: 'account' };
    reserve('a', [on('east', { rpm: 60 }, group)]);
    expect(granted(reserve('b', [on('west', { rpm: 60 }, group)])).startInMs).toBe(4_000);
  });

  test('never grants more in a minute than the share, however many ask', () => {
    const { reserve, advance } = open({ workers: 3 });
    const starts: number[] = [];
    for (let second = 0; second < 240; second++) {
      for (let i = 0; i < 5; i++) {
        const answer = reserve(`${second}/${i}`, [on('east', { rpm: 600, tpm: 60_000 })], { maxWaitMs: 2_000 });
        if (answer.kind === 'granted') starts.push(second * 1_000 + answer.reservation.startInMs);
      }
      advance(1_000);
    }
    const minutes = starts.map((from) => starts.filter((at) => at >= from && at < from + 60_000).length);
    // 60,000 / 2 / 3 tokens of 1,000.
    expect(Math.max(...minutes)).toBe(10);
    expect(starts.length).toBeGreaterThanOrEqual(38);
  });

  test.each([
    [8, 2, 2],
    [7, 1, 3],
    [3, 2, 0],
  ])('takes a whole number of slots: of %i with %i workers, %i', (concurrency, workers, slots) => {
    const { reserve } = open({ workers });
    const gpu = [on('gpu', { concurrency })];
    for (let i = 0; i < slots; i++) expect(reserve(`held-${i}`, gpu).kind).toBe('granted');
    expect(reserve('next', gpu)).toEqual({ kind: 'wait', retryInMs: 1_000, blockedBy: 'concurrency on gpu' });
  });

  test('counts calls of this process that the store granted', () => {
    const { share, reserve, advance } = open();
    const gpu = [on('gpu', { concurrency: 4 })];
    share.hold('of-the-store', { quotaGroup: 'gpu', forMs: 30_000 });
    share.hold('ended', { quotaGroup: 'gpu', forMs: 30_000 });
    expect(reserve('a', gpu).kind).toBe('wait');
    share.end('ended');
    expect(reserve('a', gpu).kind).toBe('granted');
    expect(reserve('b', gpu).kind).toBe('wait');
    advance(30_000);
    expect(reserve('b', gpu).kind).toBe('granted');
  });

  test('asks for patience beyond the wait that the caller accepts, and charges nothing', () => {
    const { reserve } = open();
    const east = [on('east', { rpm: 6 })];
    expect(reserve('a', east, { maxWaitMs: 19_999 })).toEqual({
      kind: 'wait',
      retryInMs: 250,
      blockedBy: 'rpm on east',
    });
    expect(reserve('a', east, { maxWaitMs: 0 })).toMatchObject({ retryInMs: 5_000 });
    expect(granted(reserve('a', east, { maxWaitMs: 20_000 })).startInMs).toBe(20_000);
  });

  test('refuses at once what would wait longer than the pool allows', () => {
    const { reserve } = open();
    const overload = { expectedWaitMs: 10_000 };
    const answer = reserve('a', [on('east', { rpm: 6 })], { overload });
    expect(answer).toEqual({ kind: 'overloaded', expectedMs: 20_000, waiting: 0 });
  });

  test('takes the earliest start, and the better rank when it starts early enough', () => {
    const candidates = [on('slow', { rpm: 12 }, { rank: 0 }), on('fast', { rpm: 60 }, { rank: 1 })];
    const endpointOf = (spillAfterMs: number, maxWaitMs = 60_000): string =>
      granted(open().reserve('a', candidates, { spillAfterMs, maxWaitMs })).endpoint;
    expect(endpointOf(0)).toBe('fast');
    expect(endpointOf(7_999)).toBe('fast');
    expect(endpointOf(8_000)).toBe('slow');
    // Never at the price of waiting longer than the caller accepts.
    expect(endpointOf(8_000, 9_999)).toBe('fast');
  });

  test('answers the same claim again, and `spent` once it has ended or lapsed', () => {
    const { share, reserve, advance } = open();
    const east = [on('east', { rpm: 60 })];
    const { startAt } = granted(reserve('a', east));
    advance(3_000);
    expect(granted(reserve('a', east))).toMatchObject({ startAt, startInMs: -1_000 });
    reserve('b', east);
    share.end('b');
    expect(reserve('b', east)).toEqual({ kind: 'spent' });
    advance(29_000);
    expect(reserve('a', east)).toEqual({ kind: 'spent' });
  });

  test('waits out what a provider asked for, for the group after a 429, else for the endpoint', () => {
    const { share, reserve } = open();
    const place = { rid: 'x', pool: 'smart', quotaGroup: 'account' };
    share.pause({ ...place, endpoint: 'east', outcome: 'rateLimited', blockedForMs: 40_000 });
    share.pause({ ...place, endpoint: 'west', outcome: 'failed', blockedForMs: 50_000 });
    const group = { quotaGroup: 'account' };
    const startOn = (endpoint: string): unknown => granted(reserve(endpoint, [on(endpoint, { rpm: 60 }, group)]));
    expect(startOn('west')).toMatchObject({ startInMs: 50_000, blockedBy: 'pause on west' });
    expect(granted(reserve('other', [on('north', { rpm: 60 })])).startInMs).toBe(2_000);
  });

  test('tells a mistake as the store does, and charges nothing', () => {
    const { reserve } = open();
    const large = [on('east', { tpm: 1_000 }, { cost: { tokens: 1_001 } })];
    expect(failureOf(() => reserve('a', large)).type).toBe('Capacity.RequestTooLarge');
    expect(failureOf(() => reserve('a', [])).type).toBe('Config.Invalid');
    expect(failureOf(() => reserve('a', [on('east', { rpm: 0 })])).type).toBe('Config.Invalid');
    expect(failureOf(() => reserve('a', [on('east', {}, { cost: { tokens: NaN } })])).type).toBe('Llm.Internal');
    // As large as the idle full limit: twice as long at half of it.
    const whole = [on('east', { tpm: 1_000 }, { cost: { tokens: 1_000 } })];
    expect(granted(reserve('a', whole, { maxWaitMs: 120_000 })).startInMs).toBe(120_000);
  });
});

describe('LocalShare.confirm', () => {
  test('keeps a start that is to come or just passed', () => {
    const { share, reserve, advance } = open();
    reserve('a', [on('east', { rpm: 60 })]);
    expect(share.confirm('a', lostAtMs)).toEqual({ kind: 'confirmed', startInMs: 2_000, leaseMs: 30_000 });
    advance(2_050);
    expect(share.confirm('a', lostAtMs)).toEqual({ kind: 'confirmed', startInMs: 0, leaseMs: 30_000 });
  });

  test('books a late one anew, behind everyone else', () => {
    const { share, reserve, advance } = open();
    const east = [on('east', { rpm: 60 })];
    reserve('a', east);
    reserve('b', east);
    advance(2_051);
    expect(share.confirm('a', lostAtMs)).toMatchObject({ startInMs: 3_949 });
  });

  test('books a start in a later pause anew, and spends one that would wait too long', () => {
    const { share, reserve } = open();
    reserve('a', [on('east', { rpm: 60 })]);
    reserve('b', [on('east', { rpm: 60 })], { maxWaitMs: 9_000 });
    const paused = { rid: 'x', pool: 'smart', endpoint: 'east', quotaGroup: 'east', outcome: 'rateLimited' } as const;
    share.pause({ ...paused, blockedForMs: 10_000 });
    expect(share.confirm('a', lostAtMs)).toMatchObject({ startInMs: 10_000 });
    expect(share.confirm('b', lostAtMs)).toEqual({ kind: 'spent' });
  });

  test('spends what is unknown, ended or lapsed', () => {
    const { share, reserve, advance } = open();
    reserve('ended', [on('east', { rpm: 60 })]);
    share.end('ended');
    reserve('lapsed', [on('west', { rpm: 60 })]);
    advance(32_000);
    for (const rid of ['unknown', 'ended', 'lapsed']) expect(share.confirm(rid, lostAtMs)).toEqual({ kind: 'spent' });
  });
});

describe('LocalShare.renew', () => {
  test('keeps a slot beyond its first lease, and gives it up in the end', () => {
    const { share, reserve, advance } = open();
    const gpu = [on('gpu', { concurrency: 2 })];
    reserve('a', gpu);
    advance(30_000);
    expect(share.renew('a')).toBe(true);
    advance(29_999);
    expect(reserve('b', gpu).kind).toBe('wait');
    advance(1);
    expect(reserve('b', gpu).kind).toBe('granted');
  });

  test('makes a lapsed lease again, because its call is real, but not an ended one', () => {
    const { share, reserve, advance } = open();
    reserve('a', [on('gpu', { concurrency: 2 })]);
    advance(90_000);
    expect(share.renew('a')).toBe(true);
    expect(share.inFlight('smart').map(({ rid }) => rid)).toEqual(['a']);
    share.end('a');
    expect(share.renew('a')).toBe(false);
    expect(share.renew('unknown')).toBe(false);
  });
});

describe('LocalShare', () => {
  test('forgets a claim ten minutes after its end', () => {
    const { share, reserve, advance } = open();
    reserve('a', [on('east', { rpm: 60 })]);
    advance(632_000 - 1);
    expect(reserve('a', [on('east', { rpm: 60 })])).toEqual({ kind: 'spent' });
    advance(1);
    share.renew('anything');
    expect(share.owns('a')).toBe(false);
  });

  test('keeps no more than ten thousand', () => {
    const { share, reserve } = open();
    for (let i = 0; i <= 10_001; i++) reserve(String(i), [on('east', {})]);
    expect([share.owns('0'), share.owns('10001')]).toEqual([false, true]);
  });
});
