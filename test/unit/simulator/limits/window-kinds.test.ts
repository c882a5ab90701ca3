import { openWindow, requestWindows } from '../../../../src/simulator/limits/window-kinds';
import type { RequestWindow } from '../../../../src/simulator/limits/window-kinds';
import { createRandom } from '../../../../src/simulator/random';

const limit = 600;
const startMs = Date.UTC(2026, 10, 5) + 0.123;
/** Most requests that pass in the worst 60 seconds, and in the worst second. */
const bounds: Record<RequestWindow, { minute: number; second: number }> = {
  slidingMinute: { minute: limit, second: limit },
  fixedMinute: { minute: 2 * limit, second: 2 * limit },
  bucket1s: { minute: limit + 10, second: 20 },
  bucket10s: { minute: limit + 100, second: 110 },
  bucket60s: { minute: 2 * limit, second: limit + 10 },
  judged1s: { minute: limit + 10, second: 20 },
  judged10s: { minute: limit + 100, second: 200 },
};

interface Run {
  readonly admitted: readonly number[];
  readonly refused: number;
}

/** Sends one request every `everyMs` whether it is admitted or not. */
function send(kind: RequestWindow, options: { everyMs: number; forMs: number; seed: number }): Run {
  const window = openWindow(kind, limit, createRandom(options.seed));
  const admitted: number[] = [];
  let refused = 0;
  for (let atMs = startMs; atMs < startMs + options.forMs; atMs += options.everyMs) {
    if (window.waitMs(1, atMs) > 0) refused += 1;
    else {
      window.charge(1, atMs);
      admitted.push(atMs);
    }
  }
  return { admitted, refused };
}

function mostIn(times: readonly number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  times.forEach((atMs, index) => {
    while ((times[first] ?? atMs) <= atMs - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

describe.each(requestWindows)('%s', (kind) => {
  test('under a flood, admits the limit over time and no more at once than its kind allows', () => {
    const forMs = 600_000;
    for (const seed of [1, 2, 3]) {
      const { admitted } = send(kind, { everyMs: 13, forMs, seed });
      const perMinute = admitted.length / (forMs / 60_000);
      expect(perMinute).toBeGreaterThanOrEqual(limit);
      expect(perMinute).toBeLessThanOrEqual(limit * 1.1);
      expect(mostIn(admitted, 60_000)).toBeLessThanOrEqual(bounds[kind].minute);
      expect(mostIn(admitted, 1_000)).toBeLessThanOrEqual(bounds[kind].second);
    }
  });

  test('an even flow of 99 % of the limit passes whole', () => {
    const { admitted, refused } = send(kind, { everyMs: 101, forMs: 600_000, seed: 4 });
    expect(refused).toBe(0);
    expect(admitted.length).toBeGreaterThan(5_900);
  });

  test('whoever waits exactly as told is admitted then, and was not a millisecond before', () => {
    const window = openWindow(kind, limit, createRandom(5));
    const early: number[] = [];
    const onTime: number[] = [];
    let nowMs = startMs;
    for (let sent = 0; sent < 3_000; sent += 1) {
      const waitMs = window.waitMs(1, nowMs);
      if (waitMs > 1) early.push(window.waitMs(1, nowMs + waitMs - 1));
      nowMs += waitMs;
      onTime.push(window.waitMs(1, nowMs));
      window.charge(1, nowMs);
    }
    expect(early.length).toBeGreaterThan(3);
    expect(Math.min(...early)).toBeGreaterThan(0.99);
    // The resolution of a time of today, which a limiter of a whole endpoint forgives.
    expect(Math.max(...onTime)).toBeLessThan(0.001);
    expect(nowMs - startMs).toBeGreaterThan(180_000);
  });

  test('asking and reading change nothing', () => {
    const asked = openWindow(kind, limit, createRandom(6));
    const left = openWindow(kind, limit, createRandom(6));
    const admits = { asked: [] as number[], left: [] as number[] };
    for (let atMs = startMs; atMs < startMs + 90_000; atMs += 50) {
      asked.waitMs(500, atMs);
      asked.read(atMs);
      for (const [name, window] of [
        ['asked', asked],
        ['left', left],
      ] as const) {
        if (window.waitMs(1, atMs) > 0) continue;
        window.charge(1, atMs);
        admits[name].push(atMs);
      }
    }
    expect(admits.asked.length).toBeGreaterThan(limit);
    expect(admits.asked).toEqual(admits.left);
  });

  test('what is charged and given back at once leaves no trace', () => {
    const window = openWindow(kind, limit, createRandom(7));
    window.charge(3, startMs);
    const before = window.read(startMs).remaining;
    window.charge(5, startMs);
    window.giveBack(5, startMs, startMs);
    expect(window.read(startMs).remaining).toBe(before);
  });

  test('what is given back after it was forgotten mints nothing', () => {
    const window = openWindow(kind, limit, createRandom(8));
    window.charge(6, startMs);
    const laterMs = startMs + 120_000;
    window.giveBack(6, startMs, laterMs);
    const fresh = openWindow(kind, limit, createRandom(8));
    let admitted = 0;
    while (window.waitMs(1, laterMs) === 0) {
      expect(fresh.waitMs(1, laterMs)).toBe(0);
      window.charge(1, laterMs);
      fresh.charge(1, laterMs);
      admitted += 1;
    }
    expect(admitted).toBeGreaterThan(0);
    expect(fresh.waitMs(1, laterMs)).toBeGreaterThan(0);
  });
});

test('the kinds with a phase admit a double limit around the reset, at another time for each seed', () => {
  const resets = [1, 2, 3, 4].map((seed) => {
    const { admitted } = send('fixedMinute', { everyMs: 10, forMs: 120_000, seed });
    return admitted.find((atMs, index) => index > 0 && atMs - (admitted[index - 1] ?? atMs) > 1_000);
  });
  expect(new Set(resets).size).toBe(4);
});
