import { isSurvived as isCrashSurvived } from '../../../../src/cli/demo/crash';
import { answerOf, isSurvived as isOutageSurvived } from '../../../../src/cli/demo/outage';
import type { ResearchReport } from '../../../../src/contracts/pipelines/research-report';
import { draft } from '../review/draft';
import { at, doneStep, runStatus, stepStatus } from '../run-status';

describe('crash demo', () => {
  const survived = {
    killed: true,
    paidCallsAtKill: 5,
    paidCallsAtEnd: 5,
    status: 'published',
    recoveryMs: 9_000,
  } as const;

  test.each([
    ['everything went well', {}, true],
    ['a call was paid for again', { paidCallsAtEnd: 6 }, false],
    ['nothing was killed', { killed: false }, false],
    ['nothing was paid for before the kill', { paidCallsAtKill: 0, paidCallsAtEnd: 0 }, false],
    ['nothing was published', { status: 'rejected' as const }, false],
  ])('%s', (_, changes, expected) => {
    expect(isCrashSurvived({ ...survived, ...changes })).toBe(expected);
  });
});

describe('outage demo', () => {
  const survived = {
    status: 'published',
    degraded: true,
    servedBy: ['anthropic-main'],
    childWorkflows: 5,
    failed: 0,
  } as const;

  test.each([
    ['everything went well', {}, true],
    ['the primary answered after all', { servedBy: ['anthropic-main', 'openai-westus'] }, false],
    ['no fallback tier ran', { childWorkflows: 0 }, false],
    ['a step failed', { failed: 1 }, false],
    ['nothing is degraded', { degraded: false }, false],
  ])('%s', (_, changes, expected) => {
    expect(isOutageSurvived({ ...survived, ...changes })).toBe(expected);
  });

  test('takes its answer from the steps and the children', () => {
    const steps = [
      { ...doneStep, endpoint: 'openai-mini', degraded: true },
      { ...doneStep, endpoint: 'anthropic-main', degraded: true, occurrence: 1 },
      { ...doneStep, endpoint: 'anthropic-main', degraded: true, occurrence: 2 },
      stepStatus({ state: 'failed', failure: 'Llm.Overloaded', endpoint: 'openai-eastus' }),
    ];
    const result: ResearchReport = {
      status: 'rejected',
      decision: { outcome: 'rejected', content: draft, at: at(0) },
    };
    expect(answerOf(runStatus({ steps }), result, ['child-1', 'child-2'])).toEqual({
      status: 'rejected',
      degraded: true,
      servedBy: ['anthropic-main', 'openai-mini'],
      childWorkflows: 2,
      failed: 1,
    });
  });
});
