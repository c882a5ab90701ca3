/** The tool of the tool step, and the effect that follows every step: each a line in a file nobody rewrites. */
import { appendFile } from 'node:fs/promises';
import { Context } from '@temporalio/activity';
import type { CrashPoint } from '../../src/activities/ports';
import type { JsonObject } from '../../src/contracts/json';
import type { ToolContext } from '../../src/workflows/public';

export interface ChaosActivities {
  lookUp(args: JsonObject, context: ToolContext): Promise<JsonObject>;
  recordEffect(value: string): Promise<void>;
}

export function createChaosActivities(logFile: string, crashPoint: (point: CrashPoint) => void): ChaosActivities {
  const record = (line: object): Promise<void> => appendFile(logFile, `${JSON.stringify(line)}\n`);
  return {
    async lookUp(args, { idempotencyKey }) {
      await record({ kind: 'tool', key: idempotencyKey, args });
      return { found: 'nothing but what was known before' };
    },
    async recordEffect(value) {
      crashPoint('beforeEffect');
      const { workflowExecution } = Context.current().info;
      await record({ kind: 'effect', key: workflowExecution?.workflowId, value });
    },
  };
}
