/** For approvals that cannot be decided where the run is watched. */
import { once } from 'node:events';
import type { PendingApproval } from '../../contracts/approval';

/** What can be typed in another terminal. */
export function decideElsewhere(
  workflowId: string,
  { name, allow }: Pick<PendingApproval, 'name' | 'allow'>,
): string[] {
  const arguments_ = {
    approve: '',
    reject: ' --comment "why"',
    edit: ' --content @changed.json',
    answer: " --value '…'",
  };
  return [
    `"${name}" waits for a decision:`,
    ...allow.map((kind) => `  npx holdfast ${kind} ${workflowId} ${name}${arguments_[kind]}`),
  ];
}

export async function untilDecidedElsewhere(elsewhere: AbortSignal): Promise<void> {
  if (!elsewhere.aborted) await once(elsewhere, 'abort');
}
