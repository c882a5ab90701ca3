/**
 * Invariants 1 and 4: whatever callers do, what arrives at a provider stays within its limits, as long as each call is
 * dispatched within J of the start it was given, or confirmed when it is late; and nobody starts later than it accepts.
 */
import { useRedis } from './open-sequence';
import { findNone, seed } from './run-property';
import { happeningsOf, newLimits, scenarios } from './scenario';
import { Scene } from './scene';

const redis = useRedis();

describe(`any sequence of callers (seed ${seed})`, () => {
  test.each([
    {
      name: 'keeps to every limit in every window, and starts in order and in time',
      sequences: 500,
      of: scenarios({ providersMisbehave: false, happenings: happeningsOf('inspect') }),
    },
    {
      name: 'keeps to them while providers refuse, fail, close and tell limits of their own',
      sequences: 400,
      of: scenarios({ happenings: happeningsOf('inspect', 'scriptsLost') }),
    },
    {
      name: 'keeps to those in force while an operator changes them',
      sequences: 200,
      of: scenarios({ happenings: happeningsOf('inspect', newLimits) }),
    },
  ])('$name', async ({ sequences, of }) => {
    await findNone({ redis: redis.current, sequences, of }, async (scenario, opened) => {
      const scene = new Scene(opened, scenario);
      const oddities = await scene.play();
      return [...scene.record.violations(), ...oddities];
    });
  });
});
