/** For approvals that cannot be decided where the run is watched. */
import { once } from 'node:events';
import type { PendingApproval } from '../../contracts/approval';

/** What can be typed in another terminal. */
export function decideElsewhere(workflowId: string, { name }: Pick<PendingApproval, 'name'>): string[] {
  return [
    `"${name}" waits for a decision:`,
    `  npx holdfast approve ${workflowId} ${name}`,
    `  npx holdfast reject ${workflowId} ${name} --comment "why"`,
  ];
}

export async function untilDecidedElsewhere(elsewhere: AbortSignal): Promise<void> {
  if (!elsewhere.aborted) await once(elsewhere, 'abort');
}
