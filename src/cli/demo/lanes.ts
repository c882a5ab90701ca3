/**
 * Interactive and batch work share one small pool, twice as much of it wanted as there is:
 *
 *   warm-up │ batch of tenants a and b saturates the pool, people ask now and then │ a crowd asks more than the pool holds
 *
 * In the second part nobody may wait for batch, and the tenants share by weight; in the third, batch goes on with its
 * minimum. All numbers come from the provider's ledger, but for when a question was asked and its step opened.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { answerAllContract } from '../../contracts/pipelines/answer-all';
import { exitCodes } from '../exit-codes';
import type { Output } from '../output';
import { lanesDirectory } from '../paths';
import { isWellShared, lanesAnswerOf, lanesTable } from './lanes/lanes-answer';
import type { LanesEvidence } from './lanes/lanes-answer';
import { LaneLoad } from './lanes/lane-load';
import { withDemoStack } from './with-demo-stack';
import type { Demo } from './with-demo-stack';

const warmUpMs = 20_000;
/** A minute, so that windows of every phase weigh the same. */
const sharedMs = 60_000;
/** Until those who had their place before the crowd came are served. */
const arrivalMs = 12_000;
const crowdedMs = 45_000;
const question = { step: 'lanes.question', everyMs: 800 };
const batch = { step: 'lanes.record', runs: 3, concurrency: 8 };
const crowd = { name: 'crowd', tenant: 'people', step: question.step, runs: 6, concurrency: 16 };

export function runLanesDemo(output: Output): Promise<void> {
  const work = async (demo: Demo): Promise<void> => {
    await demo.startWorker({
      HOLDFAST_CONFIG: join(lanesDirectory, 'holdfast.yaml'),
      HOLDFAST_PROMPTS: join(lanesDirectory, 'prompts'),
    });
    const load = new LaneLoad(demo.client);
    const answer = lanesAnswerOf(await Promise.race([share(demo, load), untilBroken(load)]));
    load.end();
    for (const line of lanesTable(answer)) output.text(line);
    output.json(answer);
    if (!isWellShared(answer)) process.exitCode = exitCodes.failed;
  };
  return withDemoStack(work, {
    simulatorConfig: join(lanesDirectory, 'simulator.json'),
    simulatorSpeed: 1,
    pipelines: [answerAllContract],
  });
}

async function share(demo: Demo, load: LaneLoad): Promise<LanesEvidence> {
  const { simulator, say } = demo;
  const endpoints = await simulator.endpoints();
  const tokensPerMinute = endpoints.reduce((sum, { limits }) => sum + (limits.tpm ?? 0), 0);
  say(`batch of tenants a (weight 3) and b (weight 1) fills a pool of ${tokensPerMinute} tokens a minute`);
  for (const tenant of ['a', 'b']) load.send({ ...batch, name: `batch-${tenant}`, tenant });
  await sleep(warmUpMs);
  say('people ask a question now and then');
  const shared = { fromMs: now(), toMs: now() + sharedMs };
  const questions = await load.ask({ ...question, forMs: sharedMs, random: Math.random });
  say('a crowd asks more questions than the pool can answer');
  load.send(crowd);
  await sleep(arrivalMs);
  const crowdedFromMs = now();
  await sleep(crowdedMs);
  const crowded = { fromMs: crowdedFromMs, toMs: now() };
  return { requests: await simulator.ledger(), questions, shared, crowded, tokensPerMinute };
}

/** A run that fails, or cannot be started, ends the demo. */
async function untilBroken(load: LaneLoad): Promise<never> {
  await load.untilBroken();
  return new Promise<never>(() => undefined);
}

/** The simulator's clock, seen from another process of this machine. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
