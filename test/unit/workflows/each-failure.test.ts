import { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from '@temporalio/common';
import { HoldfastError } from '../../../src/errors';
import { itemFailureOf, thrownOf } from '../../../src/workflows/policy/each-failure';

const inActivity = (cause: Error): ActivityFailure =>
  new ActivityFailure('failed', 'store', '1', 'MAXIMUM_ATTEMPTS_REACHED', 'worker', cause);
const inChild = (cause: Error): ChildWorkflowFailure =>
  new ChildWorkflowFailure('default', { workflowId: 'a', runId: 'b' }, 'child', 'NON_RETRYABLE_FAILURE', cause);

describe('itemFailureOf', () => {
  test.each<readonly [string, Error, object]>([
    [
      'a step',
      ApplicationFailure.nonRetryable('too long', 'Llm.ContextTooLong', { step: 'a' }),
      { type: 'Llm.ContextTooLong', message: 'too long', details: { step: 'a' } },
    ],
    [
      'an activity of one’s own, by its own type',
      inActivity(ApplicationFailure.nonRetryable('no such order', 'Orders.Unknown')),
      { type: 'Orders.Unknown', message: 'no such order' },
    ],
    [
      'a child that was cancelled by somebody',
      inChild(new CancelledFailure('stopped')),
      { type: 'Llm.Cancelled', message: 'stopped' },
    ],
    [
      'an error of ours',
      new HoldfastError('Pipeline.LoopLimit', 'enough', { used: 3 }),
      { type: 'Pipeline.LoopLimit', message: 'enough', details: { used: 3 } },
    ],
  ])('tells the failure of %s', (_, error, failure) => {
    expect(itemFailureOf(error)).toEqual(failure);
  });

  test.each([new TypeError('undefined is not a function'), 'text', undefined])('%s is a defect', (error) => {
    expect(itemFailureOf(error)).toBeUndefined();
  });
});

describe('thrownOf', () => {
  test('is read again as the same failure', () => {
    const failure = { type: 'Llm.Timeout', message: 'too slow', details: { step: 'a' } };
    expect(itemFailureOf(thrownOf(failure))).toEqual(failure);
  });
});
