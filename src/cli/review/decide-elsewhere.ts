/** For approvals that cannot be decided where the run is watched. */
import { once } from 'node:events';
import type { PendingApproval } from '../../contracts/approval';

/** What can be typed in another terminal, for exactly the content that was shown. */
export function decideElsewhere(
  workflowId: string,
  { name, allow, digest }: Pick<PendingApproval, 'name' | 'allow' | 'digest'>,
): string[] {
  const values = {
    approve: '',
    reject: ' --comment "why"',
    edit: ' --content @changed.json',
    answer: " --value '…'",
  };
  return [
    `"${name}" waits for a decision:`,
    ...allow.map((kind) => `  npx holdfast ${kind} ${workflowId} ${name} --digest ${digest}${values[kind]}`),
  ];
}

export async function untilDecidedElsewhere(elsewhere: AbortSignal): Promise<void> {
  if (!elsewhere.aborted) await once(elsewhere, 'abort');
}
