import { FixedWindow } from '../../../../src/simulator/limits/fixed-window';
import { scheduleWindows } from '../../../../src/simulator/limits/phased-windows';
import { createRandom } from '../../../../src/simulator/random';

/** Windows that begin at multiples of their length. */
function windowOf(limit: number, windowMs: number): FixedWindow {
  const endOf = (nowMs: number): number => (Math.floor(nowMs / windowMs) + 1) * windowMs;
  return new FixedWindow(limit, { endOf, pieces: 60_000 / windowMs });
}

describe('FixedWindow', () => {
  test('admits exactly the limit until the minute ends, and names the time to its end', () => {
    const minute = windowOf(3, 60_000);
    minute.charge(2, 59_000);
    expect(minute.waitMs(1, 59_500)).toBe(0);
    expect(minute.waitMs(2, 59_500)).toBe(500);
    minute.charge(1, 59_500);
    expect(minute.waitMs(1, 59_999)).toBe(1);
    expect(minute.waitMs(3, 60_000)).toBe(0);
  });

  test('forgets everything at the end of the minute, also when nobody asked for hours', () => {
    const minute = windowOf(3, 60_000);
    minute.charge(50, 10_000);
    expect(minute.waitMs(1, 10_000)).toBe(50_000);
    expect(minute.waitMs(3, 3_600_000)).toBe(0);
    minute.charge(3, 3_600_000);
    expect(minute.waitMs(1, 3_600_001)).toBe(59_999);
  });

  test.each([
    [1_000, 10],
    [10_000, 100],
  ])('judged on %d ms, 600 requests per minute are %d in each', (windowMs, requests) => {
    const judged = windowOf(600, windowMs);
    for (let sent = 0; sent < requests; sent += 1) {
      expect(judged.waitMs(1, 0)).toBe(0);
      judged.charge(1, 0);
    }
    expect(judged.waitMs(1, 1)).toBe(windowMs - 1);
    expect(judged.read(1)).toEqual({ limit: 600, remaining: 0, fullInMs: windowMs - 1 });
    expect(judged.waitMs(1, windowMs)).toBe(0);
    expect(judged.read(windowMs)).toEqual({ limit: 600, remaining: requests, fullInMs: 0 });
  });

  test('a 60th and a 6th of a limit are exact for every limit that has one', () => {
    const requests = Array.from({ length: 500 }, (_, index) => index + 1);
    expect(requests.map((count) => windowOf(count * 60, 1_000).read(0).remaining)).toEqual(requests);
    expect(requests.map((count) => windowOf(count * 6, 10_000).read(0).remaining)).toEqual(requests);
  });

  test('never admits what is larger than one window', () => {
    expect(windowOf(600, 60_000).waitMs(601, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(windowOf(600, 10_000).waitMs(101, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  test('takes back what was charged in this window, but nothing of an earlier one', () => {
    const minute = windowOf(10, 60_000);
    minute.charge(10, 30_000);
    minute.giveBack(4, 30_000, 50_000);
    expect(minute.read(50_000).remaining).toBe(4);
    minute.charge(8, 70_000);
    minute.giveBack(6, 30_000, 80_000);
    expect(minute.read(80_000).remaining).toBe(2);
  });

  test('keeps what was charged when the limit changes', () => {
    const minute = windowOf(10, 60_000);
    minute.charge(8, 0);
    minute.resize(6);
    expect(minute.read(0)).toEqual({ limit: 6, remaining: 0, fullInMs: 60_000 });
    minute.resize(9);
    expect(minute.waitMs(1, 0)).toBe(0);
  });
});

describe('scheduleWindows', () => {
  const nowMs = Date.UTC(2026, 10, 5, 12);
  const endOf = (seed: number, windowMs: number): number =>
    scheduleWindows(windowMs, createRandom(seed)).endOf(nowMs) - nowMs;

  test.each([1_000, 10_000, 60_000])('windows of %d ms follow each other without a gap', (windowMs) => {
    const schedule = scheduleWindows(windowMs, createRandom(1));
    const endMs = schedule.endOf(nowMs);
    expect(endMs).toBeGreaterThan(nowMs);
    expect(endMs - nowMs).toBeLessThanOrEqual(windowMs);
    expect(schedule.endOf(endMs - 0.5)).toBe(endMs);
    expect(schedule.endOf(endMs)).toBe(endMs + windowMs);
    expect(schedule.pieces * windowMs).toBe(60_000);
  });

  test('the seed decides the phase, anywhere in the window', () => {
    expect(endOf(7, 60_000)).toBe(endOf(7, 60_000));
    const phases = Array.from({ length: 200 }, (_, seed) => endOf(seed, 60_000));
    expect(new Set(phases).size).toBeGreaterThan(190);
    expect(Math.min(...phases)).toBeLessThan(3_000);
    expect(Math.max(...phases)).toBeGreaterThan(57_000);
  });
});
