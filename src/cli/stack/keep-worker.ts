import { performance } from 'node:perf_hooks';
import type { Stack, StackProcess } from '../../stack';
import { untilOneEnds } from './broken-stack';
import { startWorkerProcess } from './start-worker';
import type { WorkerProcessOptions } from './start-worker';

/** A worker that ends sooner than this was not killed by a person: it cannot run, and another one could not either. */
const shortestLifeMs = 3_000;

export interface KeepWorkerOptions extends WorkerProcessOptions {
  /** Told when a worker was killed and another one takes over. */
  readonly onReplaced: (killed: StackProcess, next: StackProcess) => void;
}

/**
 * Starts another worker whenever this one is killed, so that one can watch runs survive it. Never resolves; rejects
 * with the tail of the log when a worker ends by itself or right after its start.
 */
export async function keepWorker(stack: Stack, first: StackProcess, options: KeepWorkerOptions): Promise<never> {
  for (let worker = first; ;) {
    const startedMs = performance.now();
    const { signal } = await worker.exited;
    if (signal === null || performance.now() - startedMs < shortestLifeMs) return untilOneEnds([worker]);
    const next = await startWorkerProcess(stack, options);
    options.onReplaced(worker, next);
    worker = next;
  }
}
