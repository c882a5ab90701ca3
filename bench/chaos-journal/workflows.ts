/** A step, and an effect that must happen exactly once. */
import { proxyActivities } from '@temporalio/workflow';
import { step } from '../../src/workflows/public';
import type { StepResult } from '../../src/workflows/public';
import type { ChaosActivities } from './activities';

export { holdfastTier } from '../../src/workflows/public';

const { recordEffect } = proxyActivities<ChaosActivities>({ startToCloseTimeout: '20s', heartbeatTimeout: '10s' });

export async function stepAndEffect(input: { step: string; topic: string }): Promise<StepResult> {
  const result = await step(input.step, { topic: input.topic });
  await recordEffect(JSON.stringify(result.value));
  return result;
}
