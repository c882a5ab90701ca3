/** What others do about rate limits, each as good as it gets: several processes share one exact count where they share any. */
import { createCostEstimator } from '../../../src/capacity/estimate';
import type { Plan } from '../plan';
import type { Tally } from '../tally';
import type { Caller, World } from '../world';
import { createBottleneckGate } from './bottleneck';
import type { Gate, PeerCost } from './gate';
import { requestOf } from './holdfast';
import { createMinuteBucket } from './minute-bucket';
import { createMinuteCounter } from './minute-counter';
import { createNoGate } from './no-gate';
import { sendAsSdk } from './send-as-sdk';
import { createTaskQueueGate } from './task-queue';

export const peerNames = ['reactiveRetry', 'minuteCounter', 'minuteBucket', 'bottleneck', 'temporalQueue'] as const;
export type PeerName = (typeof peerNames)[number];
/** Who is measured. */
export type Contender = 'holdfast' | PeerName;

const gates: Readonly<Record<PeerName, (plan: Plan, world: World) => Gate>> = {
  reactiveRetry: createNoGate,
  minuteCounter: createMinuteCounter,
  minuteBucket: createMinuteBucket,
  bottleneck: createBottleneckGate,
  temporalQueue: createTaskQueueGate,
};

export interface PeerOptions {
  readonly plan: Plan;
  readonly world: World;
  readonly tally: Tally;
}

/** The estimates are those the engine gets, learned ratio included: what differs is what is done with them. */
export function createPeer(name: PeerName, { plan, world, tally }: PeerOptions): Caller {
  const gate = gates[name](plan, world);
  const estimator = createCostEstimator(plan.endpoints);
  return async (call) => {
    tally.calls += 1;
    const [endpoint] = plan.endpoints;
    if (endpoint === undefined) throw new Error('a cell has no endpoint');
    const request = requestOf(call.shape, endpoint);
    const cost = costOf(plan, estimator.costOf(endpoint, estimator.inputTokens(request), call.shape.maxOutputTokens));
    const isServed = await gate(call, cost, async (region) => {
      const outcome = await sendAsSdk(world, region, call);
      if (outcome.kind === 'answered') {
        tally.answered += 1;
        estimator.learn(endpoint, { request, usage: outcome.usage });
      } else tally.failed += 1;
    });
    if (!isServed) tally.left += 1;
  };
}

function costOf({ endpoints }: Plan, cost: { tokens: number; inputTokens?: number }): PeerCost {
  return { requests: 1, tokens: endpoints[0]?.limits.tpm === undefined ? (cost.inputTokens ?? 0) : cost.tokens };
}
