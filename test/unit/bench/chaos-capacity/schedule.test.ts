import { faultKinds, faultMs } from '../../../../bench/chaos-capacity/faults';
import { scheduleOf } from '../../../../bench/chaos-capacity/schedule';

const leaseMs = 7_000;
const usual = { minutes: 14, seed: 1, kinds: faultKinds, leaseMs };

describe('scheduleOf', () => {
  test('is the same for the same seed and another for another', () => {
    expect(scheduleOf(usual)).toEqual(scheduleOf(usual));
    expect(scheduleOf({ ...usual, seed: 2 }).strikes).not.toEqual(scheduleOf(usual).strikes);
  });

  test('strikes with every fault as often, several times in the usual length', () => {
    const { strikes } = scheduleOf(usual);
    const counts = faultKinds.map((kind) => strikes.filter((strike) => strike.kind === kind).length);
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeGreaterThanOrEqual(3);
    expect(strikes.filter(({ kind }) => kind === 'redisSlow').map(({ occurrence }) => occurrence)).toEqual(
      counts.slice(0, counts[0]).map((_, index) => index),
    );
  });

  test.each([14, 3])('leaves a lease, a second and a look between two faults in %d minutes', (minutes) => {
    const { strikes, after } = scheduleOf({ ...usual, minutes });
    strikes.forEach(({ kind, atMs }, index) => {
      const next = strikes[index + 1]?.atMs ?? after.fromMs;
      expect(next - atMs - faultMs[kind]).toBeGreaterThanOrEqual(leaseMs + 2_300);
    });
  });

  test('measures whole minutes before the first fault and after the last, within the length of the run', () => {
    const { before, after, strikes } = scheduleOf(usual);
    expect((before.toMs - before.fromMs) % 60_000).toBe(0);
    expect(after.toMs - after.fromMs).toBe(before.toMs - before.fromMs);
    expect(strikes[0]?.atMs).toBe(before.toMs);
    expect(after.toMs).toBeLessThanOrEqual(14 * 60_000);
  });

  test('refuses a length in which a fault would have no time to be recovered from, and says which would do', () => {
    expect(() => scheduleOf({ ...usual, minutes: 2 })).toThrow(
      expect.objectContaining({
        type: 'Config.Invalid',
        message: expect.stringMatching(/^--minutes 2 is too short.*give 2\.\d/),
      }),
    );
    expect(scheduleOf({ ...usual, minutes: 2, kinds: ['redisHung'] }).strikes.length).toBeGreaterThan(0);
  });
});
