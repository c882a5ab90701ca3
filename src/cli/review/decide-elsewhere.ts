import type { PendingApproval } from '../../contracts/approval';

/** What can be typed in another terminal. */
export function decideElsewhere(workflowId: string, { name }: Pick<PendingApproval, 'name'>): string[] {
  return [
    `"${name}" waits for a decision:`,
    `  npx holdfast approve ${workflowId} ${name}`,
    `  npx holdfast reject ${workflowId} ${name} --comment "why"`,
  ];
}
