/** All measurements, the two sides in turn. */
import type { SimulatorControl } from '../../src/simulator/control-client';
import { measureFailover } from './failover';
import { measure, measureHistory } from './measure';
import type { Asked, Bench } from './measure';
import type { BenchOptions } from './options';
import { endpoints } from './messages';
import type { LatencyEndpoint } from './messages';
import type { Measurements, Pair } from './report';

export interface Running extends Bench {
  readonly simulator: SimulatorControl;
  readonly options: BenchOptions;
  /** Progress, for people. */
  say(line: string): void;
}

/** Enough steps that the start of a run does not count, few enough that half a second each stays bearable. */
const serialSteps: Readonly<Record<LatencyEndpoint, number>> = { at0: 40, at50: 20, at500: 6 };
const concurrentSteps: Readonly<Record<LatencyEndpoint, number>> = { at0: 20, at50: 10, at500: 4 };
const concurrentRuns = 50;
const failoverSamples = 15;

export async function runBench(bench: Running): Promise<Measurements> {
  const { options, simulator } = bench;
  await warmUp(bench);
  const serial = await sweep(bench, { name: 'serial', runs: 1, steps: serialSteps });
  const concurrent = await sweep(bench, {
    name: `${concurrentRuns} at once`,
    runs: concurrentRuns,
    steps: concurrentSteps,
  });
  const history = { durable: await measureHistory(bench, 'durable'), bare: await measureHistory(bench, 'bare') };
  const samples = options.isQuick ? 3 : failoverSamples;
  const failover = await measureFailover(bench, simulator, { endpoint: 'failover', samples });
  const childTier = await measureFailover(bench, simulator, { endpoint: 'childTier', samples });
  return { serial, concurrent, history, failover, childTier };
}

/** Connections, just-in-time compilation, the tokenizer's tables: paid once per process, not once per step. */
async function warmUp(bench: Running): Promise<void> {
  for (const endpoint of endpoints) await pairOf(bench, { endpoint, steps: 5, runs: 1 });
  if (!bench.options.isQuick) await pairOf(bench, { endpoint: 'at0', steps: 20, runs: concurrentRuns });
}

interface Sweep {
  readonly name: string;
  readonly runs: number;
  readonly steps: Readonly<Record<LatencyEndpoint, number>>;
}

async function sweep(bench: Running, { name, runs, steps }: Sweep): Promise<Record<LatencyEndpoint, readonly Pair[]>> {
  const pairs: Record<LatencyEndpoint, Pair[]> = { at0: [], at50: [], at500: [] };
  for (let round = 0; round < bench.options.rounds; round++) {
    for (const endpoint of endpoints) {
      const pair = await pairOf(bench, { endpoint, steps: steps[endpoint], runs });
      pairs[endpoint].push(pair);
      bench.say(`${name}, ${endpoint}: ${shown(pair)}`);
    }
  }
  return pairs;
}

async function pairOf(bench: Bench, asked: Omit<Asked, 'side'>): Promise<Pair> {
  const bare = await measure(bench, { ...asked, side: 'bare' });
  const durable = await measure(bench, { ...asked, side: 'durable' });
  return { bare, durable };
}

function shown({ durable, bare }: Pair): string {
  const ratio = (durable.stepMs / bare.stepMs).toFixed(3);
  return `${durable.stepMs.toFixed(1)} ms a step beside ${bare.stepMs.toFixed(1)} (${ratio}); ${durable.stepsPerSecond.toFixed(0)} steps/s beside ${bare.stepsPerSecond.toFixed(0)}`;
}
