import { longWaitMs, runMarksOf } from '../../../src/workflows/policy/run-marks';
import { pendingApproval, runStatus, stepStatus } from '../cli/run-status';

describe('runMarksOf', () => {
  test.each([
    ['nothing while steps are called', runStatus({ steps: [stepStatus()] }), []],
    ['a person while an approval waits', runStatus({ approvals: [pendingApproval] }), ['person']],
    ['a person while a step asks one', runStatus({ steps: [stepStatus({ state: 'asking' })] }), ['person']],
    ['an operator while a step is parked', runStatus({ steps: [stepStatus({ state: 'parked' })] }), ['operator']],
    [
      'capacity when the wait is long',
      runStatus({ steps: [stepStatus({ state: 'waiting', waitMs: longWaitMs })] }),
      ['capacity'],
    ],
    [
      'no capacity when the wait is short',
      runStatus({ steps: [stepStatus({ state: 'waiting', waitMs: longWaitMs - 1 })] }),
      [],
    ],
    [
      'both, in a fixed order',
      runStatus({ approvals: [pendingApproval], steps: [stepStatus({ state: 'parked' })] }),
      ['operator', 'person'],
    ],
    [
      'nothing any more in a run that has ended',
      runStatus({ state: 'cancelled', approvals: [pendingApproval], steps: [stepStatus({ state: 'parked' })] }),
      [],
    ],
  ])('waits for %s', (_, status, waitingFor) => {
    expect(runMarksOf(status).waitingFor).toEqual(waitingFor);
  });

  test('names each step once that is on a fallback tier, failed or waited for, after those of the runs before', () => {
    const steps = [
      stepStatus({ step: 'fine', state: 'completed' }),
      stepStatus({ step: 'second', state: 'completed', degraded: true }),
      stepStatus({ step: 'second', state: 'completed', degraded: true, occurrence: 1 }),
      stepStatus({ step: 'third', state: 'failed' }),
      stepStatus({ step: 'fourth', state: 'parked' }),
    ];
    const marks = runMarksOf(runStatus({ steps }), ['first', 'second']);
    expect(marks).toMatchObject({ degraded: true, steps: ['first', 'second', 'third', 'fourth'] });
  });

  test('names twenty at most', () => {
    const steps = Array.from({ length: 30 }, (_, index) => stepStatus({ step: `step-${index}`, state: 'failed' }));
    expect(runMarksOf(runStatus({ steps })).steps).toHaveLength(20);
  });

  test('is degraded by what happened in a chunk or in a run before', () => {
    const totals = { ...runStatus().totals, degradedSteps: 1 };
    expect(runMarksOf(runStatus({ totals })).degraded).toBe(true);
  });
});
