/** `npm run chaos:journal`: workers die at every point of a step; nothing is lost, doubled or bought twice. See docs/chaos.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connect } from '../../src/client';
import type { HoldfastClient } from '../../src/client';
import { HoldfastError } from '../../src/errors';
import { createStack, onEndSignal } from '../../src/stack';
import { casesOf } from './cases';
import { parseOptions } from './options';
import type { ChaosOptions } from './options';
import { killAtRandom } from './random-kills';
import { reportOf } from './report';
import type { Report } from './report';
import { runCase, shown } from './run-case';
import type { CaseOutcome } from './run-case';
import { openWorld } from './world';
import type { Connected, Corner, World } from './world';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const stack = await createStack();
  const stopListening = onEndSignal(() => void stack.stop().finally(() => process.exit(130)));
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-chaos-'));
  const world = await openWorld(stack, directory, options.seed);
  const connection = await Connection.connect({ address: world.temporalAddress });
  try {
    const connected: Connected = {
      world,
      temporal: new Client({ connection }),
      connect: ({ taskQueue, keyPrefix }) => connectTo(world, { taskQueue, keyPrefix }),
    };
    const report = await runAll(connected, options);
    tell(report);
    if (options.isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
    if (report.violations.length > 0) process.exitCode = 1;
  } finally {
    stopListening();
    await connection.close();
    await world.close();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function connectTo(world: World, place: Pick<Corner, 'taskQueue' | 'keyPrefix'>): Promise<HoldfastClient> {
  const pipelines = [
    { name: 'stepAndEffect', description: 'a step and its effect', parseInput: (input: unknown) => input },
  ];
  const { temporalAddress: address, redisUrl } = world;
  return connect({ ...place, address, namespace: 'default', redisUrl, pipelines, environment: {} });
}

async function runAll(connected: Connected, options: ChaosOptions): Promise<Report> {
  const cases = casesOf(options.kinds, options.points);
  say(`seed ${options.seed}: ${cases.length} cases, ${options.atOnce} at once; then ${options.kills} kills at random`);
  const outcomes: CaseOutcome[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < cases.length) {
      const index = next++;
      const crash = cases[index];
      if (crash === undefined) return;
      const outcome = await runCase(connected, crash, index);
      outcomes.push(outcome);
      say(shown(outcome));
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.atOnce, cases.length) }, lane));
  const random = await killAtRandom(connected, options);
  return reportOf(outcomes, random, options.seed);
}

function tell({ points, runs, lost, doubled, paidExtra, paidExtraAt, random, violations }: Report): void {
  say('');
  say(`${runs} runs killed at ${points} points: ${lost} lost, ${doubled} doubled, ${paidExtra} calls paid in vain`);
  for (const [point, extra] of Object.entries(paidExtraAt)) say(`  ${point.padEnd(16)} ${extra}`);
  say(
    `${random.kills} kills at random over ${random.runs} runs: ${random.lost} lost, ${random.doubled} doubled, ${random.paidExtra} calls paid in vain`,
  );
  for (const violation of violations) say(`VIOLATION    ${violation}`);
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
