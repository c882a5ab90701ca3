/**
 * Invariant 7: a clock that is set back and scripts that are forgotten make no difference to the limits; state that is
 * lost costs at most a start or two too many, never a minute's quota, and no slot is given away twice.
 */
import fc from 'fast-check';
import { useRedis } from './open-sequence';
import { findNone, seed } from './run-property';
import { anyLimits, happeningsOf, scenarios } from './scenario';
import { Scene } from './scene';

const redis = useRedis();

describe(`any sequence of callers (seed ${seed})`, () => {
  test('keeps to every limit while the clock goes back by 300 s or hesitates, and scripts are forgotten', async () => {
    const of = scenarios({ happenings: happeningsOf('clockBack', 'clockHesitates', 'scriptsLost', 'inspect') });
    await findNone({ redis: redis.current, sequences: 250, of }, async (scenario, opened) => {
      const scene = new Scene(opened, scenario);
      const oddities = await scene.play();
      return [...scene.record.violations(), ...oddities];
    });
  });

  test('keeps to every slot and makes no burst when all state is lost', async () => {
    const happenings = happeningsOf('stateLost', 'stateLost', 'clockBack', 'inspect');
    // Nobody is granted a start further ahead than the config says, so the store knows how long to hold back.
    const fewSlots = fc.tuple(anyLimits, fc.integer({ min: 1, max: 3 })).map(([limits, concurrency]) => {
      return { ...limits, concurrency };
    });
    const limits = fc.oneof(anyLimits, fewSlots);
    const of = scenarios({ limits, happenings, longestWaitMs: 10_000 });
    await findNone({ redis: redis.current, sequences: 250, of }, async (scenario, opened) => {
      const scene = new Scene(opened, scenario);
      const oddities = await scene.play();
      const { record } = scene;
      const overfull = [...record.overfullWindows({ secondsOver: 3, largestOver: 2 }), ...record.overfullSlots()];
      return [...overfull, ...record.startsTooLate(), ...oddities];
    });
  });
});
