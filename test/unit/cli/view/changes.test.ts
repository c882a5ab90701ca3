import { changesBetween } from '../../../../src/cli/view/changes';
import { doneStep, pendingApproval, runStatus, stepStatus } from '../run-status';

describe('changesBetween', () => {
  test('begins with everything there is', () => {
    expect(changesBetween(undefined, runStatus({ steps: [stepStatus({ endpoint: 'openai-eastus' })] }))).toEqual([
      'research.outline calling: tier 0, openai-eastus',
    ]);
  });

  test('says nothing while nothing changes', () => {
    const status = runStatus({ steps: [stepStatus()], approvals: [pendingApproval] });
    expect(changesBetween(status, structuredClone(status))).toEqual([]);
  });

  test('gives one line per step that changed', () => {
    const waiting = stepStatus({
      step: 'research.section',
      state: 'waiting',
      waitingFor: 'tpm on openai-eastus, 2.1 s',
    });
    const before = runStatus({ steps: [stepStatus(), waiting] });
    expect(changesBetween(before, runStatus({ steps: [doneStep, waiting] }))).toEqual([
      'research.outline done: tier 0, openai-eastus, 2,345 tokens, $0.0059',
    ]);
    expect(changesBetween(runStatus(), runStatus({ steps: [waiting] }))).toEqual([
      'research.section waiting: tier 0, for tpm on openai-eastus, 2.1 s',
    ]);
  });

  test('tells a fallback tier', () => {
    const fallen = stepStatus({ tier: 1, degraded: true, endpoint: 'pool claude' });
    expect(changesBetween(runStatus({ steps: [stepStatus()] }), runStatus({ steps: [fallen] }))).toEqual([
      'research.outline calling: tier 1 (fallback), pool claude',
    ]);
  });

  test('tells a question once, and the end', () => {
    const asked = runStatus({ state: 'waitingForPerson', approvals: [pendingApproval] });
    expect(changesBetween(runStatus(), asked)).toEqual(['waiting for a decision: publish – Scales']);
    expect(changesBetween(asked, runStatus({ state: 'completed' }))).toEqual([
      'researchReport completed: 0 steps done · 0 calls · 0 tokens · $0.0000',
    ]);
  });
});
