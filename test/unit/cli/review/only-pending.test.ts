import { onlyPending } from '../../../../src/cli/review/only-pending';
import { pendingApproval, runStatus } from '../run-status';

describe('onlyPending', () => {
  test('is the one that waits', () => {
    expect(onlyPending(runStatus({ approvals: [pendingApproval] }))).toBe('publish');
  });

  test('refuses to guess among several, and names them', () => {
    const approvals = [pendingApproval, { ...pendingApproval, name: 'budget' }];
    expect(() => onlyPending(runStatus({ approvals }))).toThrow('name one of publish, budget');
  });

  test('says that nothing waits, and why', () => {
    expect(() => onlyPending(runStatus({ state: 'completed' }))).toThrow(
      expect.objectContaining({
        type: 'Approval.NotWaiting',
        message: 'nothing waits for a decision in researchReport:r1, which is completed',
      }),
    );
  });
});
