/**
 * Invariant 5: however many holders die, a second after their last lease has ended the leases are those of the calls
 * that are really in flight, and no slot is ever given to two.
 */
import fc from 'fast-check';
import { capacitySettings, candidate, useCapacity } from '../open-capacity';
import { play, requestOf, stream } from '../traffic';
import { useRedis } from './open-sequence';
import { findNone, seed } from './run-property';
import { scenarios, type Happening } from './scenario';
import { Scene } from './scene';

const capacity = useCapacity();
const redis = useRedis();
const { leaseMs } = capacitySettings;

describe(`leases (seed ${seed})`, () => {
  test('are those of the calls in flight, however many holders die', async () => {
    const limits = fc.record({ concurrency: fc.integer({ min: 1, max: 8 }) });
    const fates = ['onTime', 'diesCalling', 'diesCalling', 'diesWaiting', 'confirms', 'givesUp'] as const;
    const looks = fc.array(
      fc.record<Happening>({ atMs: fc.integer({ min: 1, max: 150_000 }), what: fc.constant('inspect') }),
      {
        minLength: 4,
        maxLength: 8,
      },
    );
    const of = scenarios({ limits, fates, happenings: looks });
    await findNone({ redis: redis.current, sequences: 250, of }, async (scenario, opened) => {
      const scene = new Scene(opened, scenario);
      const oddities = await scene.play();
      return [...scene.record.violations(), ...oddities];
    });
  });

  test('of the dead end, and everything is used again as before they were killed', async () => {
    const gpu = [candidate('gpu', { concurrency: 10 })];
    const killedAtMs = 20_000;
    const callers = [
      ...stream('live', { count: 560, everyMs: 140 }, { request: requestOf(gpu), holdMs: 1_000, lateMs: 5 }),
      // They take a slot and are never heard of again.
      ...stream('dead', { count: 6, fromMs: killedAtMs }, { request: requestOf(gpu), holdMs: 3_600_000 }),
    ];
    const served = await play(capacity.current, callers, 77_000);
    const startsIn = (fromMs: number): number =>
      served.filter(({ startedAtMs: atMs }) => atMs >= fromMs && atMs < fromMs + 15_000).length;
    const lastDead = Math.max(
      ...served.filter(({ caller }) => caller.rid.startsWith('dead')).map((each) => each.startedAtMs),
    );
    expect(served.filter(({ caller }) => caller.rid.startsWith('dead'))).toHaveLength(6);
    expect(startsIn(lastDead + 5_000)).toBeLessThan(0.6 * startsIn(killedAtMs - 15_000));
    expect(startsIn(lastDead + leaseMs + 1_000)).toBeGreaterThanOrEqual(0.99 * startsIn(killedAtMs - 15_000));
  });
});
