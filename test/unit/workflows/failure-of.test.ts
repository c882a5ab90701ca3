import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { failureOf } from '../../../src/workflows/policy/failure-of';

const inActivity = (cause: Error): ActivityFailure =>
  new ActivityFailure('activity', 'callModel', '1', 'MAXIMUM_ATTEMPTS_REACHED', 'worker', cause);
const inChild = (cause: Error): ChildWorkflowFailure =>
  new ChildWorkflowFailure('default', { workflowId: 'w', runId: 'r' }, 'holdfastTier', 'NON_RETRYABLE_FAILURE', cause);

describe('failureOf', () => {
  const overloaded = ApplicationFailure.nonRetryable('eastus answered 503', 'Llm.Overloaded', { endpoint: 'eastus' });

  test.each([
    ['an activity', inActivity(overloaded)],
    ['a child workflow', inChild(overloaded)],
    ['an activity of a child workflow', inChild(inActivity(overloaded))],
    ['our own code', overloaded],
  ])('reads type, message and details of a failure of %s', (_, error) => {
    expect(failureOf(error)).toEqual({
      type: 'Llm.Overloaded',
      message: 'eastus answered 503',
      details: { endpoint: 'eastus' },
    });
  });

  test.each([
    ['SCHEDULE_TO_CLOSE', 'Capacity.Timeout'],
    ['SCHEDULE_TO_START', 'Capacity.Timeout'],
    ['START_TO_CLOSE', 'Llm.Timeout'],
    ['HEARTBEAT', 'Llm.Timeout'],
  ] as const)('a %s timeout is %s', (timer, type) => {
    expect(failureOf(inActivity(new TimeoutFailure('late', undefined, timer)))).toMatchObject({
      type,
      details: { timer },
    });
  });

  test.each([
    ['a child that was cancelled', inChild(new CancelledFailure('by an operator'))],
    ['a child that was terminated', inChild(new TerminatedFailure('by an operator'))],
  ])('%s is a spent tier, not a defect', (_, error) => {
    expect(failureOf(error)).toMatchObject({ type: 'Llm.Cancelled' });
  });

  test.each([
    ['a type of somebody else', ApplicationFailure.nonRetryable('x', 'TypeError')],
    ['a plain error', new Error('x')],
    ['a type named like a property of every object', ApplicationFailure.nonRetryable('x', 'toString')],
  ])('%s is a defect', (_, error) => {
    expect(failureOf(error)).toMatchObject({ type: 'Llm.Internal', message: 'x' });
  });
});
