import { scheduleLocalActivity } from '@temporalio/workflow';
import { activityNames } from '../../contracts/names';
import type { FailStreamInput } from '../../contracts/step';
import { summaryLine } from '../../contracts/summary-line';
import type { StepFailure } from '../policy/failure-of';
import type { TierRun } from './open-call';

/** Whoever follows the text of a step is told that there will be none. */
export async function failStream(
  { plans, step, runKey, occurrence, turn }: Pick<TierRun, 'plans' | 'step' | 'runKey' | 'occurrence' | 'turn'>,
  { type }: Pick<StepFailure, 'type'>,
): Promise<void> {
  if (plans.get(step)?.stream !== true) return;
  const input: FailStreamInput = { runKey, step, occurrence, failure: type };
  const tell = () =>
    scheduleLocalActivity<undefined>(activityNames.failStream, [input], {
      startToCloseTimeout: 2_000,
      retry: { maximumAttempts: 1 },
      summary: summaryLine(`end the stream of ${step}`),
    });
  // A reader that is not told asks for itself; the failure must not wait for it.
  await turn.take(tell).catch(() => undefined);
}
