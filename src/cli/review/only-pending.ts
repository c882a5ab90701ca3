import type { RunStatus } from '../../contracts/status';
import { HoldfastError } from '../../errors';

/** Name of the one approval that waits. Throws `Approval.NotWaiting` when there is none, or a choice to be made. */
export function onlyPending({ workflowId, state, approvals }: RunStatus): string {
  const [first, ...others] = approvals;
  if (first !== undefined && others.length === 0) return first.name;
  const told =
    first === undefined
      ? `nothing waits for a decision in ${workflowId}, which is ${state}`
      : `${workflowId} waits for ${approvals.length} decisions; name one of ${approvals.map(({ name }) => name).join(', ')}`;
  throw new HoldfastError('Approval.NotWaiting', told, { workflowId });
}
