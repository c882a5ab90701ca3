/** What a deferred step needs of a worker: to tell how it ended, and to look how far it is. */
import { createHash } from 'node:crypto';
import { activityInfo, log } from '@temporalio/activity';
import type { DeferredState, TellDeferredInput } from '../contracts/deferred';
import { HoldfastError } from '../errors/holdfast-error';
import { readDeferred } from './read-deferred';
import type { Teller } from './tell';
import { toApplicationFailure } from './to-application-failure';

export interface DeferredActivities {
  tellDeferred(input: TellDeferredInput): Promise<void>;
  readDeferred(workflowId: string): Promise<DeferredState>;
}

/** `tellers`: channels by name. */
export function createDeferredActivities(tellers: ReadonlyMap<string, Teller>): DeferredActivities {
  return {
    tellDeferred: (input) => toApplicationFailure(() => tell(tellers, input)),
    readDeferred: (workflowId) => toApplicationFailure(() => readDeferred(workflowId)),
  };
}

async function tell(tellers: ReadonlyMap<string, Teller>, { channel, notice }: TellDeferredInput): Promise<void> {
  const teller = tellers.get(channel);
  if (teller === undefined) {
    const known = tellers.size === 0 ? 'none is set up' : `set up: ${[...tellers.keys()].join(', ')}`;
    throw new HoldfastError('Config.Invalid', `there is no channel "${channel}" to tell by (${known})`);
  }
  // One workflow tells one channel of one end.
  const { workflowId = '' } = activityInfo().workflowExecution ?? {};
  const idempotencyKey = createHash('sha256').update(workflowId).digest('hex');
  await teller(notice, { idempotencyKey });
  log.debug('the end of a deferred step was told', { channel, event: notice.event, workflowId: notice.workflowId });
}
