/** Local activity: resolves a step's plan on its first opening and reserves capacity for its call. */
import { HoldfastError } from '../errors/holdfast-error';
import { journalKeyOf, reservationIdOf } from '../contracts/ids';
import type { ReserveAnswer } from '../contracts/capacity';
import type { OpenStepInput, OpenStepOutput, StepPlan, TierPlan } from '../contracts/step';
import type { ActivityDependencies } from './ports';
import { candidatesOf, planStep, renderRequest } from './resolve-step';
import { readRepair, withRepair } from './repair';

/** A reset makes reservation ids meet `spent` ones; more than this in a row means that something else is wrong. */
const maxSpentHops = 64;

export async function openStep(deps: ActivityDependencies, input: OpenStepInput): Promise<OpenStepOutput> {
  const { id, variables, tenant } = input;
  const known = input.plan;
  const plan: StepPlan = known ?? planStep(deps, id.step, variables);
  const tier: TierPlan | undefined = plan.tiers[id.tier];
  if (tier === undefined) throw new HoldfastError('Llm.Internal', `step ${id.step} has no tier ${id.tier}`);
  const parts = {
    deps,
    prompt: plan.prompt,
    variant: tier.variant,
    variables,
    parameters: tier.parameters,
    ...(plan.output === undefined ? {} : { output: plan.output }),
  };
  const first = known === undefined ? { plan } : {};

  const journaled = await deps.journal.get(journalKeyOf(id, tier.requestDigest)).catch(() => undefined);
  if (journaled !== undefined) return { ...first, capacity: { kind: 'journaled' } };

  const rendered = renderRequest(parts, tier.requestDigest);
  const repaired =
    input.repair === undefined
      ? rendered
      : withRepair(rendered, input.repair, await readRepair(deps.journal, input.repair));
  const candidates = candidatesOf(deps, tier.pool, repaired);
  const laneWaitMs = deps.settings.capacity.maxWaitMs[plan.lane];
  const maxWaitMs = Math.min(laneWaitMs, input.remainingMs ?? plan.timeouts.stepMs);

  let answer: ReserveAnswer = { kind: 'spent' };
  for (let hop = 0; answer.kind === 'spent' && hop < maxSpentHops; hop++) {
    const rid = reservationIdOf(id, 1, hop);
    answer = await deps.store.reserve({ rid, pool: tier.pool, candidates, lane: plan.lane, tenant, maxWaitMs });
  }
  deps.crashPoint('afterOpen');
  if (answer.kind === 'wait') return { ...first, capacity: answer };
  if (answer.kind !== 'granted')
    throw new HoldfastError('Llm.Internal', `step ${id.step}: ${maxSpentHops} reservation ids in a row are spent`);
  return {
    ...first,
    capacity: {
      kind: 'granted',
      reservation: answer.reservation,
      grantedBy: { process: deps.process, monotonicMs: Math.round(performance.now()) },
    },
  };
}
