/** The effect: a line in a file nobody rewrites. */
import { appendFile } from 'node:fs/promises';
import { activityInfo } from '@temporalio/activity';

export interface Effect {
  readonly number: number;
  readonly outcome: string;
  /** Of the content it was decided on, or the answer. */
  readonly text: string;
}

export interface EffectActivities {
  recordEffect(effect: Effect): Promise<void>;
}

export interface EffectLine extends Effect {
  readonly workflowId: string;
  /** A worker that dies after the line and before it could say so leaves the same line again, under the same key. */
  readonly key: string;
}

export function createEffectActivities(logFile: string): EffectActivities {
  return {
    async recordEffect(effect) {
      const { workflowExecution, activityId } = activityInfo();
      const { workflowId = '', runId = '' } = workflowExecution ?? {};
      const line: EffectLine = { ...effect, workflowId, key: `${runId}/${activityId}` };
      await appendFile(logFile, `${JSON.stringify(line)}\n`);
    },
  };
}
