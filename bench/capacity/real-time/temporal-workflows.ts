/** The workflow of the peer `temporalQueue`: one second's calls, each an activity at its time. */
import { proxyActivities, sleep } from '@temporalio/workflow';

export interface CallOrder {
  /** Which arrival of the cell it is. */
  readonly number: number;
  readonly inMs: number;
}

export interface SecondInput {
  readonly taskQueue: string;
  readonly patienceMs: number;
  readonly calls: readonly CallOrder[];
}

interface Activities {
  callProvider(number: number): Promise<void>;
}

export async function oneSecond({ taskQueue, patienceMs, calls }: SecondInput): Promise<void> {
  const { callProvider } = proxyActivities<Activities>({
    taskQueue,
    scheduleToStartTimeout: patienceMs,
    startToCloseTimeout: '2 minutes',
    retry: { maximumAttempts: 1 },
  });
  const run = async ({ number, inMs }: CallOrder): Promise<void> => {
    await sleep(inMs);
    // Whoever was not started in time has left.
    await callProvider(number).catch(() => undefined);
  };
  await Promise.all(calls.map(run));
}
