import { quotas } from '../../../../bench/chaos-capacity/account';
import {
  peakIn,
  recoveryMsOf,
  throughputByMinute,
  throughputIn,
  useOf,
} from '../../../../bench/chaos-capacity/measure';
import type { Request } from '../../../../bench/chaos-capacity/measure';

/** Evenly spread over the time, `share` of each limit per minute. */
function traffic(fromMs: number, toMs: number, share = 1): Request[] {
  const requests = quotas.flatMap(({ name, boundBy, limits }) => {
    const perMinute = boundBy === 'tpm' ? 250 : limits.rpm;
    const chargedTokens = boundBy === 'tpm' ? limits.tpm / perMinute : 100;
    const everyMs = 60_000 / (perMinute * share);
    const count = Math.round((toMs - fromMs) / everyMs);
    return Array.from({ length: count }, (_, index) => ({
      endpoint: name,
      receivedAt: fromMs + (index + 0.5) * everyMs,
      status: 200,
      chargedTokens,
    }));
  });
  return requests.sort((a, b) => a.receivedAt - b.receivedAt);
}

const minute = { fromMs: 0, toMs: 60_000 };

describe('throughputIn', () => {
  test('is 1 when every rate is used up, whatever the slots do', () => {
    const requests = traffic(0, 60_000);
    expect(throughputIn(requests, minute)).toBeCloseTo(1, 2);
    expect(
      throughputIn(
        requests.filter(({ endpoint }) => endpoint !== 'slots'),
        minute,
      ),
    ).toBeCloseTo(1, 2);
  });

  test('counts what was admitted, not what was refused', () => {
    const refused = traffic(0, 60_000).map((request) => ({ ...request, status: 429 }));
    expect(throughputIn(refused, minute)).toBe(0);
  });

  test('counts in the dimension that binds', () => {
    const [sliding, judged] = [quotas[0], quotas[2]];
    const one = { receivedAt: 1, status: 200, chargedTokens: 1_500 };
    expect(useOf(sliding, [{ ...one, endpoint: 'sliding' }], minute)).toBeCloseTo(1_500 / 150_000);
    expect(useOf(judged, [{ ...one, endpoint: 'judged' }], minute)).toBeCloseTo(1 / 240);
  });

  test('is told minute by minute', () => {
    const requests = [...traffic(0, 60_000), ...traffic(60_000, 120_000, 0.5)];
    const [first, second, ...more] = throughputByMinute(requests, { fromMs: 0, toMs: 150_000 });
    expect(first).toBeCloseTo(1, 2);
    expect(second).toBeCloseTo(0.5, 2);
    expect(more).toEqual([]);
  });
});

describe('recoveryMsOf', () => {
  const until = { fromMs: 0, toMs: 30_000 };

  test('is nothing when throughput never fell', () => {
    expect(recoveryMsOf(traffic(0, 40_000), until, 1)).toBe(0);
  });

  test('is the time until as much is admitted as before', () => {
    const recovery = recoveryMsOf(traffic(8_000, 40_000), until, 1);
    expect(recovery).toBeGreaterThan(7_000);
    expect(recovery).toBeLessThanOrEqual(8_000);
  });

  test('is unknown when it stays lower until the next fault', () => {
    expect(recoveryMsOf(traffic(0, 40_000, 0.8), until, 1)).toBeUndefined();
  });
});

describe('peakIn', () => {
  test('finds the fullest window wherever it begins', () => {
    const burst = Array.from({ length: 12 }, (_, index) => ({
      endpoint: 'judged',
      receivedAt: 700 + index * 50,
      status: 200,
      chargedTokens: 1,
    }));
    // 240 a minute are 4 a second.
    expect(peakIn(burst, 1_000)).toEqual({ endpoint: 'judged', share: 3, atMs: 1_250 });
    expect(peakIn(burst, 60_000).share).toBeCloseTo(12 / 240);
  });

  test('does not add up what is further apart', () => {
    const apart = [0, 1_000, 2_000].map((receivedAt) => ({
      endpoint: 'judged',
      receivedAt,
      status: 200,
      chargedTokens: 1,
    }));
    expect(peakIn(apart, 1_000).share).toBeCloseTo(1 / 4);
  });
});
