import { SlidingMinute } from '../../../src/simulator/limits/sliding-minute';

describe('SlidingMinute', () => {
  test('admits exactly the limit and names the wait for one more', () => {
    const minute = new SlidingMinute(3);
    for (const atMs of [0, 10_000, 20_000]) {
      expect(minute.waitMs(1, atMs)).toBe(0);
      minute.charge(1, atMs);
    }
    expect(minute.waitMs(1, 25_000)).toBe(35_000);
    expect(minute.waitMs(2, 25_000)).toBe(45_000);
  });

  test('counts a unit until just before sixty seconds have passed', () => {
    const minute = new SlidingMinute(1);
    minute.charge(1, 0);
    expect(minute.waitMs(1, 59_999)).toBe(1);
    expect(minute.read(59_999)).toEqual({ limit: 1, remaining: 0, fullInMs: 1 });
    expect(minute.waitMs(1, 60_000)).toBe(0);
    expect(minute.read(60_000)).toEqual({ limit: 1, remaining: 1, fullInMs: 0 });
  });

  test('never admits what is larger than the limit', () => {
    expect(new SlidingMinute(10).waitMs(11, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(new SlidingMinute(10).waitMs(10, 0)).toBe(0);
  });

  test('keeps what was charged when the limit changes', () => {
    const minute = new SlidingMinute(10);
    minute.charge(8, 0);
    minute.resize(6);
    expect(minute.read(1_000)).toEqual({ limit: 6, remaining: 0, fullInMs: 59_000 });
    expect(minute.waitMs(1, 1_000)).toBe(59_000);
    minute.resize(9);
    expect(minute.waitMs(1, 1_000)).toBe(0);
  });

  test('what is given back counts no longer, and is not forgotten once more when its minute is over', () => {
    const minute = new SlidingMinute(10);
    minute.charge(2, 0);
    minute.charge(8, 10_000);
    minute.giveBack(5, 10_000, 20_000);
    expect(minute.read(20_000).remaining).toBe(5);
    expect(minute.waitMs(8, 20_000)).toBe(50_000);
    expect(minute.read(70_000).remaining).toBe(10);
  });

  test('what is given back after its minute is not taken off anything else', () => {
    const minute = new SlidingMinute(10);
    minute.charge(4, 0);
    minute.charge(6, 50_000);
    minute.giveBack(4, 0, 60_000);
    expect(minute.read(60_000).remaining).toBe(4);
  });

  test('in no window of sixty seconds are more units admitted than the limit', () => {
    const limit = 50;
    const minute = new SlidingMinute(limit);
    const admitted: { atMs: number; units: number }[] = [];
    for (let step = 0; step < 5_000; step += 1) {
      const atMs = step * 73;
      const units = 1 + (step % 7);
      if (minute.waitMs(units, atMs) > 0) continue;
      minute.charge(units, atMs);
      admitted.push({ atMs, units });
    }
    const heaviest = admitted.map(({ atMs: startMs }) =>
      admitted
        .filter(({ atMs }) => atMs >= startMs && atMs < startMs + 60_000)
        .reduce((sum, { units }) => sum + units, 0),
    );
    expect(Math.max(...heaviest)).toBe(limit);
  });
});
