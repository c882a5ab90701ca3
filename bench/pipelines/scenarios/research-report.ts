/** P2: outline, parallel sections, synthesis, a reviewer, a PDF; under every fault. */
import type { RunHandle } from '../../../src/client';
import { faultNames, putFault } from '../faults';
import type { FaultName } from '../faults';
import type { Bench, PipelineScenario } from '../scenario';
import { play, reportOf, tallyOf } from '../tally';
import type { PlayedRun, Tally } from '../tally';

const input = {
  topic: 'How an untrained listener learns to hear an orchestra',
  source: 'books/how-to-listen-to-music.txt',
  sections: 3,
};
const primary = ['openai-eastus', 'openai-westus'];
const lateMs = 8_000;

/** A refusal goes to no other model, so a run may end with it; nothing else may end one. */
const allowedFailures: Partial<Record<FaultName, string>> = { contentFilter: 'Llm.ContentFiltered' };

export const researchReportScenario: PipelineScenario = {
  name: 'researchReport',
  async run(bench) {
    const tallies: Tally[] = [];
    const failures: string[] = [];
    let refused = 0;
    for (const fault of faultNames) {
      const { tally, played } = await playFault(bench, fault);
      tallies.push(tally);
      for (const { run, failure, result } of played) {
        if (failure === undefined && isPublished(result)) continue;
        if (failure !== undefined && failure === allowedFailures[fault]) refused += 1;
        else failures.push(`${fault}: ${run.workflowId} ended with ${failure ?? JSON.stringify(result)}`);
      }
    }
    return reportOf(this.name, tallies, { refused, failures });
  },
};

async function playFault(bench: Bench, fault: FaultName): Promise<{ tally: Tally; played: PlayedRun[] }> {
  const world = await bench.openWorld({ name: `research-${fault}` });
  await world.startWorker();
  await putFault(world.simulator, fault, { primary });
  const playOne = (index: number): Promise<PlayedRun> =>
    play(async () => {
      const run = await world.client.start('researchReport', input, { id: `${fault}-${index}` });
      await review(run, fault === 'reviewerLate' ? lateMs : 0);
      return run;
    });
  const played = await Promise.all(Array.from({ length: bench.isQuick ? 2 : 6 }, (_, index) => playOne(index)));
  const tally = await tallyOf(world, played);
  await world.close();
  bench.say(`${fault}: ${tally.runs} runs, ${tally.degraded} degraded, ${tally.ledgerCalls} calls`);
  return { tally, played };
}

/** Approves what waits, once it has waited so long; gives up when the run has ended before. */
async function review(run: RunHandle, afterMs: number): Promise<void> {
  let isOver = false;
  const over = run.result().then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const pause = (ms: number): Promise<unknown> => Promise.race([over, new Promise((done) => setTimeout(done, ms))]);
  while (!isOver && (await run.status()).approvals.length === 0) await pause(250);
  await pause(afterMs);
  if (!isOver) await run.decide('publish', { outcome: 'approved', by: 'ana@acme' });
}

function isPublished(result: unknown): boolean {
  return (result as { status?: string } | undefined)?.status === 'published';
}
