/** Many runs in virtual time, spread over processes. */
import type { Contender } from '../clients/peers';
import type { Cell } from '../matrix';
import type { RunResult } from '../measure';
import type { VirtualOrder } from '../messages';
import type { BenchProcess } from '../processes';

export interface Job {
  readonly cell: Cell;
  readonly seed: number;
  readonly contender: Contender;
}

export interface Ran {
  readonly job: Job;
  readonly result: RunResult;
  readonly perSecond: number;
}

/** Orders a process has at a time: while one waits for Redis, another works. */
export const ordersPerProcess = 3;

interface MatrixOptions {
  readonly processes: readonly BenchProcess[];
  readonly redisUrl: string;
  onRan(ran: Ran, done: number): void;
}

/** In the order of the jobs, whatever the order they end in. */
export async function runMatrix(jobs: readonly Job[], { processes, redisUrl, onRan }: MatrixOptions): Promise<Ran[]> {
  const results: Ran[] = [];
  const next = jobs.entries();
  let done = 0;
  const work = async (process: BenchProcess, database: number): Promise<void> => {
    for (const [index, job] of next) {
      const order: VirtualOrder = { kind: 'virtual', ...job, redisUrl: `${redisUrl}/${database}` };
      const answer = await process.tell(order);
      if (answer.kind !== 'ran') throw new Error(`a run was answered ${answer.kind}`);
      const ran: Ran = { job, result: answer.result, perSecond: answer.perSecond };
      results[index] = ran;
      onRan(ran, ++done);
    }
  };
  const workers = processes.flatMap((process, index) =>
    Array.from({ length: ordersPerProcess }, (_, slot) => work(process, index * ordersPerProcess + slot)),
  );
  await Promise.all(workers);
  return results;
}
