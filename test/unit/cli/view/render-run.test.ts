import { renderRun } from '../../../../src/cli/view/render-run';
import { plainStyle } from '../../../../src/cli/view/style';
import { doneStep, msAt, pendingApproval, runStatus, stepStatus } from '../run-status';

const picture = { nowMs: msAt(10), width: 100, style: plainStyle };

describe('renderRun', () => {
  test('shows where each step stands and the sums', () => {
    const status = runStatus({
      steps: [
        doneStep,
        stepStatus({ step: 'research.section', state: 'waiting', waitingFor: 'tpm on openai-eastus, 3.8 s' }),
        stepStatus({ step: 'research.section', occurrence: 1, tier: 1, degraded: true, endpoint: 'anthropic-main' }),
        stepStatus({ step: 'research.section', occurrence: 2, state: 'failed', failure: 'Llm.Overloaded' }),
      ],
      totals: { steps: 1, attempts: 1, inputTokens: 2_000, outputTokens: 345, costUsd: 0.0059, degradedSteps: 1 },
    });
    expect(renderRun(status, picture)).toEqual([
      'researchReport running',
      'step                 state    tier  endpoint                     calls  tokens     cost   time',
      'research.outline     done     0     openai-eastus                    1   2,345  $0.0059  4.0 s',
      'research.section     waiting  0     tpm on openai-eastus, 3.8 s                           10 s',
      'research.section #1  calling  1     anthropic-main                                        10 s',
      'research.section #2  failed   0     Llm.Overloaded                                        10 s',
      '1 step done · 1 call · 2,345 tokens · $0.0059 · 1 on a fallback tier · 1 failed',
    ]);
  });

  test('names the approval a run waits for', () => {
    const status = runStatus({ state: 'waitingForPerson', approvals: [pendingApproval] });
    expect(renderRun(status, picture)[0]).toBe('researchReport waiting for a decision: publish');
  });

  test('says that nothing has begun yet', () => {
    expect(renderRun(runStatus(), picture)[1]).toBe('no step opened yet');
  });

  test('counts decisions nobody could use', () => {
    expect(renderRun(runStatus({ ignoredDecisions: 2 }), picture).at(-1)).toContain('2 unusable decisions ignored');
  });

  test.each([40, 72, 80, 91, 92, 120])('fits into %i columns, and tells steps apart', (width) => {
    const waiting = stepStatus({
      step: 'research.section',
      occurrence: 4,
      waitingFor: 'x'.repeat(90),
      state: 'waiting',
    });
    const lines = renderRun(runStatus({ steps: [doneStep, waiting] }), { ...picture, width });
    // Below this the numbers alone need more.
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.max(width, 68));
    expect(lines.join()).toContain('research.section #4');
  });

  test('gives up the cost of each step for what it waits for when the terminal is narrow', () => {
    const [, head] = renderRun(runStatus({ steps: [doneStep] }), { ...picture, width: 79 });
    expect(head).toBe('step              state  tier  endpoint       calls  tokens   time');
  });

  test('leaves out the oldest completed steps when the terminal is low, never the open ones', () => {
    const completed = Array.from({ length: 20 }, (_, occurrence) => ({ ...doneStep, occurrence }));
    const open = stepStatus({ step: 'research.synthesize' });
    const lines = renderRun(runStatus({ steps: [open, ...completed] }), { ...picture, height: 10 });
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines.join('\n')).toContain('research.synthesize');
    expect(lines.join('\n')).toContain('research.outline #19');
    expect(lines.join('\n')).toContain('and 17 completed steps before');
  });

  test('prints nothing a terminal would obey', () => {
    const lines = renderRun(runStatus({ steps: [stepStatus({ endpoint: '\u001b[2Jgone' })] }), picture);
    expect(lines.join('')).not.toContain('\u001b');
  });
});
