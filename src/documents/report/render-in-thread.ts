/**
 * Rendering computes for seconds on a long report. On the worker's own thread that would stop heartbeats, lease
 * renewals and the streams of other calls, whose idle timers would then fire although the provider answered in time.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RenderInput, RenderOutput } from './render-pdf';

/** Below the activity's own time limit, so that a thread never outlives its activity. */
const longestRenderMs = 90_000;

/** @param execArgv - Node options of the thread; default: those of the process */
export async function renderInThread(input: RenderInput, execArgv?: string[]): Promise<RenderOutput> {
  const thread = new Worker(require.resolve('./render-thread'), {
    workerData: input,
    ...(execArgv === undefined ? {} : { execArgv }),
  });
  const deadline = AbortSignal.timeout(longestRenderMs);
  try {
    // An error in the thread rejects this as well.
    const [output] = (await once(thread, 'message', { signal: deadline })) as [RenderOutput];
    return output;
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new Error(`the report could not be rendered within ${longestRenderMs / 1_000} s`, { cause: error });
  } finally {
    await thread.terminate();
  }
}
