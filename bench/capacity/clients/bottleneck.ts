/**
 * `bottleneck` in three processes, each with a third of every region's quota: its own code, on the world's clock and
 * timers. Set up as its documentation says for a quota per minute: a reservoir that is refreshed every minute, and
 * `minTime` at the mean rate so that a fresh reservoir is not spent at once. A job weighs what it costs.
 */
import { readFileSync } from 'node:fs';
import type Bottleneck from 'bottleneck';
import { patienceMs } from '../arrivals';
import type { Plan } from '../plan';
import type { World } from '../world';
import { perMinuteOf } from './gate';
import type { Gate } from './gate';

type BottleneckClass = typeof Bottleneck;

const processes = 3;
const minuteMs = 60_000;

export function createBottleneckGate(plan: Plan, world: World): Gate {
  const Limiter = loadOnClock(world);
  const { requests, tokens } = perMinuteOf(plan);
  const isByTokens = plan.cell.binding === 'tokens';
  const quota = Math.floor((isByTokens ? tokens : requests) / processes);
  const callsPerMs = plan.perSecond / 1_000 / processes;
  const limiters = Array.from({ length: processes }, () =>
    plan.endpoints.map(
      () =>
        new Limiter({
          reservoir: quota,
          reservoirRefreshAmount: quota,
          reservoirRefreshInterval: minuteMs,
          minTime: 1 / callsPerMs,
          // Who finds more waiting than can start before patience ends is turned away.
          highWater: Math.ceil(callsPerMs * patienceMs.interactive),
          strategy: Limiter.strategy.OVERFLOW,
        }),
    ),
  );
  return async (_call, cost, send) => {
    const own = limiters[Math.floor(world.random() * processes)] ?? [];
    const queued = own.map((limiter) => limiter.queued());
    const region = queued.indexOf(Math.min(...queued));
    try {
      await own[region]?.schedule({ weight: isByTokens ? cost.tokens : 1 }, () => send(region));
      return true;
    } catch (error) {
      if (error instanceof Limiter.BottleneckError) return false;
      throw error;
    }
  };
}

/** The library as it is shipped, with the clock and timers it reads as globals put in its way. */
function loadOnClock(world: World): BottleneckClass {
  const source = readFileSync(require.resolve('bottleneck/light.js'), 'utf8');
  const timers = timersOf(world);
  const names = ['module', 'exports', 'Date', ...Object.keys(timers)];
  const module = { exports: {} };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- no other way in
  new Function(...names, source)(module, module.exports, { now: () => world.now() }, ...Object.values(timers));
  return module.exports as BottleneckClass;
}

interface Timer {
  isCleared: boolean;
}

function timersOf(world: World) {
  const clear = (timer: Timer | undefined): void => {
    if (timer !== undefined) timer.isCleared = true;
  };
  return {
    setTimeout: (run: () => void, ms = 0): Timer => {
      const timer: Timer = { isCleared: false };
      void world.sleep(ms).then(() => {
        if (!timer.isCleared) run();
      });
      return timer;
    },
    setInterval: (run: () => void, ms: number): Timer => {
      const timer: Timer = { isCleared: false };
      const tick = async (): Promise<void> => {
        for (;;) {
          await world.sleep(ms);
          if (timer.isCleared) return;
          run();
        }
      };
      void tick();
      return timer;
    },
    clearTimeout: clear,
    clearInterval: clear,
  };
}
