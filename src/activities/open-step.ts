/** Local activity: resolves a step's plan on its first opening and reserves capacity for its call. */
import { HoldfastError } from '../errors/holdfast-error';
import { journalKeyOf, reservationIdOf } from '../contracts/ids';
import type { Reservation } from '../contracts/capacity';
import type { JsonObject } from '../contracts/json';
import type { Grant, OpenStepInput, OpenStepOutput, StepPlan, TierPlan } from '../contracts/step';
import type { ActivityDependencies } from './ports';
import { renderCall } from './repair';
import { candidatesOf, digestRequest, planStep, renderRequest } from './resolve-step';
import type { RenderedRequest, RequestParts } from './resolve-step';

/** A reset makes reservation ids meet `spent` ones; more than this in a row means that something else is wrong. */
const maxSpentHops = 64;

export async function openStep(deps: ActivityDependencies, input: OpenStepInput): Promise<OpenStepOutput> {
  const { id, variables } = input;
  checkSize(id.step, variables);
  const plan = input.plan ?? planStep(deps, id.step);
  const tier = plan.tiers[id.tier];
  if (tier === undefined) throw new HoldfastError('Llm.Internal', `step ${id.step} has no tier ${id.tier}`);
  const parts: RequestParts = {
    deps,
    prompt: plan.prompt,
    variant: tier.variant,
    variables,
    parameters: tier.parameters,
    ...(plan.output === undefined ? {} : { output: plan.output }),
  };
  const requestDigest = digestRequest(parts);
  const opened = { ...(input.plan === undefined ? { plan } : {}), requestDigest };
  const journaled = await deps.journal.get(journalKeyOf(id, requestDigest)).catch(() => undefined);
  if (journaled !== undefined) return { ...opened, capacity: { kind: 'journaled' } };
  const rendered = await renderCall(deps.journal, renderRequest(parts, requestDigest), input.repair);
  const capacity = await reserveFirst({ deps, input, plan, tier, rendered });
  deps.crashPoint('afterOpen');
  return { ...opened, capacity };
}

interface Opening {
  readonly deps: ActivityDependencies;
  readonly input: OpenStepInput;
  readonly plan: StepPlan;
  readonly tier: TierPlan;
  readonly rendered: RenderedRequest;
}

/** Attempt 1, hop 0, whatever our own retries: the same reservation is answered again. */
async function reserveFirst({ deps, input, plan, tier, rendered }: Opening): Promise<OpenStepOutput['capacity']> {
  const { id, tenant, remainingMs = plan.timeouts.stepMs } = input;
  const { pool } = tier;
  const maxWaitMs = Math.min(deps.settings.capacity.maxWaitMs[plan.lane], remainingMs);
  const candidates = candidatesOf(deps, pool, rendered);
  for (let hop = 0; hop < maxSpentHops; hop++) {
    const rid = reservationIdOf(id, 1, hop);
    const answer = await deps.store.reserve({ rid, pool, candidates, lane: plan.lane, tenant, maxWaitMs });
    if (answer.kind === 'wait') return answer;
    if (answer.kind === 'granted') return { kind: 'granted', grant: grantOf(deps, answer.reservation, hop) };
  }
  throw new HoldfastError('Llm.Internal', `step ${id.step}: ${maxSpentHops} reservation ids in a row are spent`);
}

function grantOf({ process }: ActivityDependencies, reservation: Reservation, hop: number): Grant {
  const { endpoint, startAt, startInMs, blockedBy } = reservation;
  const receivedAtMs = Math.round(performance.now());
  return { endpoint, hop, startAt, startInMs, ...(blockedBy && { blockedBy }), process, receivedAtMs };
}

/** Most a history takes; more is a mistake of the caller that must not reach a provider. */
const maxVariablesBytes = 1_500_000;

function checkSize(step: string, variables: JsonObject): void {
  const size = Buffer.byteLength(JSON.stringify(variables));
  if (size <= maxVariablesBytes) return;
  const message = `step ${step}: the variables have ${size} bytes, at most ${maxVariablesBytes} are taken`;
  throw new HoldfastError('Llm.BadRequest', message);
}
