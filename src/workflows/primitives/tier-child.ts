/** A later tier is a child workflow of its own, so that the detour is visible and bounded. */
import { startChild, workflowInfo } from '@temporalio/workflow';
import type { ChildWorkflowHandle, ChildWorkflowOptions } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { tierWorkflowIdOf } from '../../contracts/ids';
import { tierWorkflowName } from '../../contracts/names';
import type { TierKind } from '../../contracts/settings';
import { isModelTierPlan, tierKindOf } from '../../contracts/step';
import type { StepPlan, TierOutcome, TierWorkflowInput } from '../../contracts/step';
import { summaryLine } from '../../contracts/summary-line';
import { poolsText, tierText } from '../policy/call-plan';
import { ownTimeMsOf } from '../policy/next-tier';
import { remainingOf, timeOfRunLeft } from './open-call';
import type { Walk } from './step-result';

export interface TierChild {
  readonly walk: Walk;
  readonly plan: StepPlan;
  readonly tier: number;
  /** Failure type of the tier before; empty when there was none. */
  readonly reason: string;
}

export type TierWorkflow = (input: TierWorkflowInput) => Promise<TierOutcome>;

/** Throws for a step that has no plan yet: its first opening records one. */
export function planOf({ plans, step }: Pick<Walk, 'plans' | 'step'>): StepPlan {
  const plan = plans.get(step);
  if (plan === undefined) throw ApplicationFailure.nonRetryable(`${step} has no plan`, 'Llm.Internal');
  return plan;
}

export function kindOf({ plan, tier }: TierChild): TierKind | undefined {
  const planned = plan.tiers[tier];
  return planned && tierKindOf(planned);
}

export function tierInputOf({ walk, plan, tier, reason }: TierChild): TierWorkflowInput {
  const { occurrence, runKey, variables, tenant, priority, extras, budget } = walk;
  const ownTimeMs = ownTimeMsOf(plan.tiers[tier]);
  return {
    plan,
    tier,
    runKey,
    occurrence,
    variables,
    tenant,
    ...(priority && { priority }),
    remainingMs: ownTimeMs === undefined ? remainingOf(walk, plan) : Math.min(ownTimeMs, timeOfRunLeft(walk)),
    reason,
    ...(extras && { extras }),
    ...(budget && { budget }),
  };
}

/** Runs a tier as a child that ends with its parent. */
export async function runTierChild(child: TierChild): Promise<TierOutcome> {
  const { walk, plan, tier } = child;
  const planned = plan.tiers[tier];
  const endpoint = isModelTierPlan(planned) ? `pool ${poolsText(planned)}` : tierText(planned);
  walk.report({ state: 'calling', tier, endpoint });
  return ownTime(child, async () => (await startTierChild(child, tierInputOf(child))).result());
}

export function startTierChild(
  { walk, plan, tier, reason }: TierChild,
  input: TierWorkflowInput,
): Promise<ChildWorkflowHandle<TierWorkflow>> {
  const { step: name, occurrence } = walk;
  return startChild<TierWorkflow>(tierWorkflowName, {
    workflowId: tierWorkflowIdOf(workflowInfo().workflowId, { step: name, occurrence, tier }),
    args: [input],
    staticSummary: tierSummary({ plan, tier, reason }),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    // A terminated parent must not leave a child buying answers; cancellation lets it give its capacity back.
    parentClosePolicy: 'REQUEST_CANCEL',
    // A child still running after its parent's reset is replaced; the journal prevents buying again.
    workflowIdReusePolicy: 'TERMINATE_IF_RUNNING',
    workflowExecutionTimeout: executionTimeoutOf(input),
  });
}

/** The child keeps its time itself; this only bounds a child whose worker is gone. */
export function executionTimeoutOf({
  remainingMs,
}: TierWorkflowInput): NonNullable<ChildWorkflowOptions['workflowExecutionTimeout']> {
  return remainingMs + 60_000;
}

export function tierSummary({ plan, tier, reason }: Pick<TierChild, 'plan' | 'tier' | 'reason'>): string {
  const after = reason === '' ? '' : `, after ${reason}`;
  return summaryLine(`${plan.step}: tier ${tier + 1} of ${plan.tiers.length}, ${tierText(plan.tiers[tier])}${after}`);
}

/** What a tier takes that has a time of its own is not the step's: the tiers after it have theirs. */
export async function ownTime<T>({ walk, plan, tier }: TierChild, work: () => Promise<T>): Promise<T> {
  const beganAtMs = Date.now();
  try {
    return await work();
  } finally {
    if (ownTimeMsOf(plan.tiers[tier]) !== undefined) walk.startedAtMs += Date.now() - beganAtMs;
  }
}
