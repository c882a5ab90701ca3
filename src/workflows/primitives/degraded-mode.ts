import { scheduleLocalActivity } from '@temporalio/workflow';
import type { DegradedMode, ReadDegradedInput } from '../../contracts/degraded';
import { activityNames } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import { currentRun } from './run-state';

export interface DegradedModeOptions {
  /** Asks only about the pools that this step calls. Default: about all of the configuration. */
  readonly step?: string;
}

/**
 * Whether the run had better leave out what is heavy and not needed: an operator has said so (`holdfast degrade on`), or
 * a pool with `degradeWhen` calls for it. It is asked anew each time; history remembers each answer, so a replay goes the
 * same way. Off while Redis does not answer.
 *
 * Throws `Config.Invalid` for a step that there is not.
 */
export function degradedMode({ step }: DegradedModeOptions = {}): Promise<DegradedMode> {
  const { tenant, pipeline, turn } = currentRun();
  const input: ReadDegradedInput = { tenant, pipeline, ...(step !== undefined && { step }) };
  return turn.take(() =>
    scheduleLocalActivity<DegradedMode>(activityNames.readDegraded, [input], {
      startToCloseTimeout: 5_000,
      retry: { maximumAttempts: 3 },
      summary: summaryLine(`degraded mode of ${pipeline}, tenant ${tenant}`),
    }),
  );
}
