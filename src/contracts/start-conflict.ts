/** Whether a start is about the run that is open already. One rule for the client, and for the run that is asked at once. */
import { canonicalJson } from './json';
import type { RunMemo } from './status';

export type StartIdentity = Pick<RunMemo, 'tenant' | 'inputDigest' | 'budget'>;

/** Undefined when both mean the same run; otherwise why they do not, for `Pipeline.AlreadyStarted`. */
export function startConflictOf(workflowId: string, ours: StartIdentity, theirs: StartIdentity): string | undefined {
  const difference = differenceOf(ours, theirs);
  if (difference === undefined) return undefined;
  return `${workflowId} is running ${difference}; use another id, or wait until it has ended`;
}

function differenceOf(ours: StartIdentity, theirs: StartIdentity): string | undefined {
  if (theirs.tenant !== ours.tenant) return 'for another tenant';
  if (theirs.inputDigest !== ours.inputDigest) return 'with other input';
  // Whoever starts it counts on the budget they name, or on none.
  const [own, other] = [ours, theirs].map(({ budget }) => (budget === undefined ? 'none' : canonicalJson(budget)));
  return own === other ? undefined : `with another budget (${other})`;
}
