/** The floor: activities one after the other, as anybody makes them with Temporal alone. */
import { proxyActivities } from '@temporalio/workflow';
import type { BareActivities } from './bare-activities';
import type { SerialInput } from './messages';

const { bareCall } = proxyActivities<BareActivities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 3 },
});

export async function bareSteps({ endpoint, steps }: SerialInput): Promise<number> {
  for (let index = 0; index < steps; index++) await bareCall({ endpoint, topic: `bells, part ${index}` });
  return steps;
}
