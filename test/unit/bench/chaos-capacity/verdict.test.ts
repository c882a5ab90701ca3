import { quotas } from '../../../../bench/chaos-capacity/account';
import { noCounts } from '../../../../bench/chaos-capacity/messages';
import type { Request } from '../../../../bench/chaos-capacity/measure';
import { resultOf } from '../../../../bench/chaos-capacity/verdict';
import type { Evidence } from '../../../../bench/chaos-capacity/verdict';

/** All that the limits allow, evenly, for five minutes. */
const steady: readonly Request[] = quotas
  .flatMap(({ name, boundBy, limits }) => {
    const perMinute = boundBy === 'tpm' ? 250 : limits.rpm;
    const chargedTokens = boundBy === 'tpm' ? limits.tpm / perMinute : 100;
    return Array.from({ length: perMinute * 5 }, (_, index) => ({
      endpoint: name,
      receivedAt: ((index + 0.5) * 60_000) / perMinute,
      status: 200,
      chargedTokens,
    }));
  })
  .sort((a, b) => a.receivedAt - b.receivedAt);

const inOrder = quotas.map(({ name }) => ({ endpoint: name, leaked: 0, unleased: 0, moments: 1 }));

const good: Evidence = {
  seed: 1,
  minutes: 5,
  kinds: ['holderKilled', 'redisHung'],
  notAvailable: {},
  leaseMs: 7_000,
  battle: {
    before: { fromMs: 0, toMs: 120_000 },
    after: { fromMs: 180_000, toMs: 300_000 },
    struck: [
      { kind: 'holderKilled', fromMs: 120_000, toMs: 121_000, fired: true, leases: inOrder },
      { kind: 'redisHung', fromMs: 150_000, toMs: 153_000, fired: true, leases: inOrder },
    ],
    atEnd: inOrder,
  },
  requests: steady,
  counts: noCounts(),
  broken: [],
};

function without(fromMs: number, toMs: number): readonly Request[] {
  return steady.filter(({ receivedAt }) => receivedAt < fromMs || receivedAt >= toMs);
}

function withLeases(changes: Partial<(typeof inOrder)[number]>): Evidence {
  const [first, ...others] = good.battle.struck;
  const leases = [{ ...inOrder[0], ...changes }, ...inOrder.slice(1)] as typeof inOrder;
  return { ...good, battle: { ...good.battle, struck: [{ ...first!, leases }, ...others] } };
}

describe('resultOf', () => {
  test('finds nothing wrong with a run in which nothing was', () => {
    expect(resultOf(good)).toMatchObject({
      faults: { holderKilled: 1, redisHung: 1 },
      notAvailable: [],
      calls: steady.length,
      rateLimited: 0,
      rateLimitedShare: 0,
      leakedLeases: 0,
      leaseCheck: { checks: 2, moments: 8, unleased: 0, leakedAtEnd: 0 },
      throughputBefore: expect.closeTo(1, 2),
      throughputAfter: expect.closeTo(1, 2),
      throughputKept: expect.closeTo(1, 2),
      throughputBetween: expect.closeTo(1, 2),
      recoveryMs: { holderKilled: 0, redisHung: 0 },
      violations: [],
    });
  });

  const unfired = good.battle.struck.map((each) => ({ ...each, fired: each.kind !== 'redisHung' }));
  const refused = steady.map((request, index) => (index % 900 === 0 ? { ...request, status: 429 } : request));
  const crowded = [...steady, ...steady.filter(({ receivedAt }) => receivedAt > 290_000 && receivedAt < 291_000)];
  const storm = [...crowded, ...crowded.filter(({ receivedAt }) => receivedAt > 290_000 && receivedAt < 291_000)].sort(
    (a, b) => a.receivedAt - b.receivedAt,
  );

  test.each<[string, Evidence, string]>([
    [
      'a fault that never fired',
      { ...good, battle: { ...good.battle, struck: unfired } },
      'redisHung never fired: the run is void',
    ],
    [
      'a fault this machine cannot make',
      {
        ...good,
        kinds: ['clockMoved'],
        notAvailable: { clockMoved: 'no libfaketime' },
        battle: { ...good.battle, struck: [] },
      },
      'clockMoved never fired: the run is void (no libfaketime)',
    ],
    ['more than one 429 in a thousand calls', { ...good, requests: refused }, 'were answered 429: more than 0.1 %'],
    ['no calls at all', { ...good, requests: [] }, '0 of 0 calls'],
    ['a leaked lease', withLeases({ leaked: 2 }), '2 leases of sliding had no holder after holderKilled'],
    ['a call without a lease', withLeases({ unleased: 1 }), '1 calls on sliding had no lease after holderKilled'],
    [
      'leases nobody could look at',
      withLeases({ moments: 0 }),
      'the leases of sliding could not be compared after holderKilled',
    ],
    ['less throughput afterwards', { ...good, requests: without(200_000, 204_000) }, 'less than 99 %'],
    [
      'throughput that stays away after a fault',
      { ...good, requests: without(153_000, 176_000) },
      'did not come back after redisHung',
    ],
    ['three seconds of quota within one', { ...good, requests: storm }, 'arrived within one second'],
    [
      'a caller held up by Redis',
      { ...good, counts: { ...noCounts(), longestStoreMs: 501 } },
      'waited 501 ms for the store',
    ],
    ['a holder that broke', { ...good, broken: ['holder h1 ended by itself'] }, 'holder h1 ended by itself'],
  ])('%s is a violation', (_, evidence, violation) => {
    expect(resultOf(evidence).violations).toContainEqual(expect.stringContaining(violation));
  });

  test('times the recovery of a fault by its slowest one', () => {
    const { recoveryMs } = resultOf({ ...good, requests: without(121_000, 131_000) });
    expect(recoveryMs.holderKilled).toBeGreaterThan(8_500);
    expect(recoveryMs.holderKilled).toBeLessThanOrEqual(10_000);
    expect(recoveryMs.redisHung).toBe(0);
  });
});
