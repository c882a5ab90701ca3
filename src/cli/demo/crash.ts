/** Kills a worker between the last paid answer and the effect that follows, and counts what was paid. */
import type { RunHandle } from '../../client';
import type { ResearchReport } from '../../contracts/pipelines/research-report';
import type { StackProcess } from '../../stack';
import { exitCodes } from '../exit-codes';
import type { Output } from '../output';
import { durationText } from '../view/text';
import { withDemoStack } from './with-demo-stack';
import type { Demo } from './with-demo-stack';

export interface CrashAnswer {
  /** A worker really ended by SIGKILL. */
  readonly killed: boolean;
  readonly paidCallsAtKill: number;
  readonly paidCallsAtEnd: number;
  readonly status: ResearchReport['status'];
  /** From the kill to the published result. */
  readonly recoveryMs: number;
}

export function isSurvived(answer: CrashAnswer): boolean {
  const { killed, paidCallsAtKill, paidCallsAtEnd, status } = answer;
  return killed && paidCallsAtKill > 0 && paidCallsAtKill === paidCallsAtEnd && status === 'published';
}

export function runCrashDemo(output: Output): Promise<void> {
  return withDemoStack(async (demo) => {
    demo.say('starting a worker that kills itself with SIGKILL right before it makes the PDF');
    const doomed = await demo.startWorker({ HOLDFAST_CRASH_POINT: 'beforeEffect' });
    const run = await demo.startRun();
    demo.say(`started ${run.workflowId}`);
    const answer = await crashAndRecover(demo, run, doomed);
    output.text(
      `${answer.status} ${durationText(answer.recoveryMs)} after the kill; ` +
        `paid calls: ${answer.paidCallsAtKill} at the kill, ${answer.paidCallsAtEnd} at the end`,
    );
    output.json(answer);
    if (!isSurvived(answer)) process.exitCode = exitCodes.failed;
  });
}

async function crashAndRecover(demo: Demo, run: RunHandle, doomed: StackProcess): Promise<CrashAnswer> {
  const followed = demo.follow(run);
  // Its failure is thrown below, unless starting another worker fails first.
  followed.catch(() => undefined);
  // The end of the run comes first only when nothing was killed: then the demo has failed, and says so.
  const ended = await Promise.race([doomed.exited, followed.then(() => undefined)]);
  const killedMs = performance.now();
  const paidCallsAtKill = await paidCalls(demo);
  if (ended !== undefined) {
    demo.say(
      `the worker is dead (${ended.signal ?? `exit code ${ended.code}`}), ${paidCallsAtKill} calls are paid for`,
    );
    demo.say(recoveryBound);
    await demo.startWorker();
    demo.say('another worker is ready');
  }
  const { result } = await followed;
  return {
    killed: ended?.signal === 'SIGKILL',
    paidCallsAtKill,
    paidCallsAtEnd: await paidCalls(demo),
    status: result.status,
    recoveryMs: Math.round(performance.now() - killedMs),
  };
}

const recoveryBound = "the activity's heartbeat timeout (10 s) and the worker's sticky queue (5 s) bound the recovery";

async function paidCalls({ simulator }: Demo): Promise<number> {
  return (await simulator.summary()).total.billed;
}
