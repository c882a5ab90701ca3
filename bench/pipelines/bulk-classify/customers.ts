/** Customers who ask one after the other, at an even pace, and how long each waited for a place. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallModelInput } from '../../../src/contracts/step';
import { readQuestions } from '../questions';
import { play } from '../tally';
import type { PlayedRun } from '../tally';
import type { World } from '../world';

const everyMs = 1_000;

export interface Asked {
  readonly runs: readonly PlayedRun[];
  /** From the answer of the reservation to the start it gave, timers included. */
  readonly waitsMs: readonly number[];
  readonly failures: readonly string[];
}

export interface Customers {
  /** Nobody comes any more; those who are there get their answers. */
  stop(): Promise<Asked>;
}

export function askCustomers(world: World): Customers {
  const ending = new AbortController();
  const playing: Promise<PlayedRun>[] = [];
  const coming = (async () => {
    for (const [index, question] of readQuestions(500).entries()) {
      playing.push(play(() => world.client.start('supportReply', { question }, { id: `customer-${index}` })));
      await sleep(everyMs, undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return;
    }
  })();
  return {
    async stop() {
      ending.abort();
      await coming;
      const runs = await Promise.all(playing);
      const waitsMs = await Promise.all(runs.map(({ run }) => waitOf(world, run.workflowId)));
      const failed = runs.filter(({ failure }) => failure !== undefined);
      const failures = failed.map(({ run, failure }) => `${run.workflowId} ended with ${failure ?? ''}`);
      return { runs, waitsMs, failures };
    },
  };
}

async function waitOf(world: World, workflowId: string): Promise<number> {
  const { events = [] } = await world.temporal.workflow.getHandle(workflowId).fetchHistory();
  const timersMs = (events ?? []).map((event) => {
    const timeout = event.timerStartedEventAttributes?.startToFireTimeout;
    return Number(timeout?.seconds ?? 0) * 1_000 + Number(timeout?.nanos ?? 0) / 1e6;
  });
  const call = (events ?? []).find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'callModel',
  );
  const data = call?.activityTaskScheduledEventAttributes?.input?.payloads?.[0]?.data ?? new Uint8Array();
  // Without a call no place was given: a wait without end.
  if (data.length === 0) return Number.POSITIVE_INFINITY;
  const { grant } = JSON.parse(Buffer.from(data).toString()) as CallModelInput;
  return timersMs.reduce((sum, ms) => sum + ms, 0) + (grant?.startInMs ?? 0);
}
