/** Looks at the status of a list until it has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunHandle } from '../../../src/client';

const everyMs = 500;

/**
 * Answers what was wrong with the progress, one sentence each.
 *
 * @param atThird - called once a third of the items has ended
 */
export async function watchProgress(run: RunHandle, total: number, atThird: () => void): Promise<string[]> {
  const wrong: string[] = [];
  let last = 0;
  let isThird = false;
  for (;;) {
    // While a worker that was killed is replaced, nobody answers.
    const status = await run.status().catch(() => undefined);
    if (status === undefined) continue;
    const { state, progress = [] } = status;
    const [list] = progress;
    const ended = (list?.done ?? 0) + (list?.failed ?? 0);
    if (ended < last) wrong.push(`progress went back from ${last} to ${ended}`);
    if (list !== undefined && list.total !== total) wrong.push(`progress is of ${list.total} items, not of ${total}`);
    last = ended;
    if (!isThird && ended >= total / 3) {
      isThird = true;
      atThird();
    }
    if (state !== 'running') break;
    await sleep(everyMs);
  }
  if (!isThird) wrong.push('nobody was killed: the list ended before a third of it was seen');
  if (last !== total) wrong.push(`progress ended at ${last} of ${total}`);
  return wrong;
}
