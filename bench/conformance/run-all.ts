/** All runs of a selection, a bounded number at once. */
import type { Run } from './case';
import { given } from './case';
import { play, watchUnhandled } from './play';
import type { Played } from './play';
import { openAimockStage } from './sources/aimock';
import { startSimulatorSource } from './sources/simulator';
import type { SimulatorSource } from './sources/simulator';
import type { Stage } from './sources/stage';
import { openClosedStage, openMuteStage, openWireStage } from './sources/wire';

export interface RunAllOptions {
  readonly seed: number;
  readonly concurrency: number;
  /** Called as each run ends. */
  readonly onPlayed?: (played: Played) => void;
}

export interface AllPlayed {
  /** In the order of the runs, not of their ends. */
  readonly played: readonly Played[];
  /** Errors nobody handled that belong to no run. */
  readonly stray: readonly string[];
}

export async function runAll(runs: readonly Run[], options: RunAllOptions): Promise<AllPlayed> {
  const unhandled = watchUnhandled();
  const simulator = await startSimulatorSource(options.seed);
  const played = new Array<Played>(runs.length);
  const playOne = async (index: number): Promise<void> => {
    const run = runs[index] as Run;
    const done = await play(run, (of) => openStage(of, simulator));
    played[index] = done;
    options.onPlayed?.(done);
  };
  try {
    const indexes = runs.map((_run, index) => index);
    const isHeavy = (index: number): boolean => runs[index]?.case.isHeavy === true;
    await inTurns(
      indexes.filter((index) => !isHeavy(index)),
      options.concurrency,
      playOne,
    );
    await inTurns(indexes.filter(isHeavy), 1, playOne);
  } finally {
    await simulator.close();
    unhandled.stop();
  }
  return { played, stray: unhandled.stray };
}

async function inTurns(items: readonly number[], lanes: number, work: (item: number) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function openStage({ case: one, target, source }: Run, simulator: SimulatorSource): Promise<Stage> {
  switch (source) {
    case 'simulator':
      return simulator.open(target, given(one.simulator, target) ?? {});
    case 'aimock':
      return openAimockStage(required(given(one.aimock, target)));
    case 'wire': {
      const scene = required(one.wire)(target.createDialect(), target);
      if (scene === 'closed') return openClosedStage();
      return scene === 'mute' ? openMuteStage() : openWireStage(scene);
    }
  }
}

function required<T>(scene: T | undefined): T {
  if (scene === undefined) throw new Error('the case has no scene for this source');
  return scene;
}
