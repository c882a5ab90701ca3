/**
 * Follows answers while they are written:
 *
 *   many at once, against the provider's own clock │ the same work with and without │ one whose worker is killed
 */
import { join } from 'node:path';
import { answerAllContract } from '../../contracts/pipelines/answer-all';
import type { ProcessExit } from '../../stack';
import { exitCodes } from '../exit-codes';
import type { Output } from '../output';
import { streamDirectory } from '../paths';
import { askQuestion, followAnswer, followMany } from './stream/follow-answer';
import type { SeenAnswer } from './stream/follow-answer';
import { measureOverhead } from './stream/measure-overhead';
import { openHistories } from './stream/recorded-answer';
import { isWellStreamed, streamAnswerOf, streamTable } from './stream/stream-answer';
import { withDemoStack } from './with-demo-stack';
import type { Demo } from './with-demo-stack';

/** Enough for a 99th percentile that is not the worst one of all. */
const questions = 200;
/** Some twenty-five answers are written at any time. */
const askEveryMs = 200;
const textsBeforeKill = 30;

const workerEnvironment = {
  HOLDFAST_CONFIG: join(streamDirectory, 'holdfast.yaml'),
  HOLDFAST_PROMPTS: join(streamDirectory, 'prompts'),
};

export function runStreamDemo(output: Output): Promise<void> {
  const work = async (demo: Demo): Promise<void> => {
    const worker = await demo.startWorker(workerEnvironment);
    // What is compiled and connected with the first call is not what a token takes.
    await followMany(demo.client, 3, 0);
    demo.say(`${questions} questions are asked, one every ${askEveryMs} ms, and their answers followed`);
    const undisturbed = await followMany(demo.client, questions, askEveryMs);
    demo.say('the same work with and without "stream: true", while nobody reads');
    const overhead = await measureOverhead(demo, worker);
    demo.say(`one more question; the worker is killed after ${textsBeforeKill} pieces of its answer`);
    const { seen: disturbed, exit } = await followThroughKill(demo, worker);
    const recorded = await recordedOf(demo, [...undisturbed, disturbed]);
    const killed = exit.signal === 'SIGKILL';
    const requests = await demo.simulator.ledger();
    const answer = streamAnswerOf({ undisturbed, disturbed, killed, recorded, requests, overhead });
    for (const line of streamTable(answer)) output.text(line);
    output.json(answer);
    if (!isWellStreamed(answer)) process.exitCode = exitCodes.failed;
  };
  return withDemoStack(work, {
    simulatorConfig: join(streamDirectory, 'simulator.json'),
    simulatorSpeed: 1,
    pipelines: [answerAllContract],
  });
}

async function followThroughKill(
  demo: Demo,
  worker: Awaited<ReturnType<Demo['startWorker']>>,
): Promise<{ readonly seen: SeenAnswer; readonly exit: ProcessExit }> {
  const run = await askQuestion(demo.client, 'listening, and being interrupted');
  const following = followAnswer(run, (count) => {
    if (count === textsBeforeKill) worker.kill('SIGKILL');
  });
  // Its failure is thrown below, unless starting another worker fails first.
  following.catch(() => undefined);
  const exit = await Promise.race([worker.exited, following.then(() => ({ code: null, signal: null }))]);
  demo.say("the worker is dead; another one takes over when the activity's heartbeat timeout (10 s) is over");
  await demo.startWorker(workerEnvironment);
  return { seen: await following, exit };
}

async function recordedOf(demo: Demo, answers: readonly SeenAnswer[]): Promise<ReadonlyMap<string, string>> {
  const histories = await openHistories(demo.environment['TEMPORAL_ADDRESS'] ?? '');
  try {
    const recorded = new Map<string, string>();
    for (const { workflowId } of answers) {
      // The reader is told of the end a moment before the history is.
      await demo.client.run(workflowId).result();
      recorded.set(workflowId, await histories.answerOf(workflowId));
    }
    return recorded;
  } finally {
    await histories.close();
  }
}
