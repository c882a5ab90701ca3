/** Local activity: resolves a step's plan on its first opening and reserves capacity for its call. */
import { fillAnswer } from '../contracts/fill-answer';
import { sizeProblemOf } from '../contracts/size-limits';
import type { JsonValue } from '../contracts/json';
import { HoldfastError } from '../errors/holdfast-error';
import { journalKeyOf, reservationIdOf } from '../contracts/ids';
import type { CapacityCandidate, Reservation } from '../contracts/capacity';
import type { EndpointSettings } from '../contracts/settings';
import { isModelTierPlan, tierKindOf } from '../contracts/step';
import type {
  CachedTierPlan,
  Grant,
  ModelTierPlan,
  OpenStepInput,
  OpenStepOutput,
  PoolPlan,
  StepPlan,
  TierPlan,
} from '../contracts/step';
import { askingOf, digestQuestion, digestRequest, renderRequest, requestPartsOf } from './build-request';
import type { RenderedRequest } from './rendered-request';
import { checkAnswer } from './check-answer';
import { checkBudget, remainingUsdOf } from './check-budget';
import { choosePool } from './choose-pool';
import { planEmbedding } from './embedding-request';
import { expectedMsOf } from './expected-time';
import type { ActivityDependencies } from './ports';
import { postingOverload } from './posting-overload';
import { renderCall } from './render-call';
import { candidatesOf, planStep, requestSizeOf } from './resolve-step';
import { complexityOfRequest, overloadedFailure, routeClaim } from './route-claim';
import { stampOf, streamIdOf } from './stream-id';

/** A reset makes reservation ids meet `spent` ones; more than this in a row means that something else is wrong. */
const maxSpentHops = 64;

export async function openStep(deps: ActivityDependencies, input: OpenStepInput): Promise<OpenStepOutput> {
  const { id } = input;
  checkSize(deps, input);
  const plan = input.plan ?? (input.embeds === true ? planEmbedding(deps, id.step) : planStep(deps, id.step));
  try {
    return await postingOverload(deps, id, () => openTier(deps, input, plan));
  } catch (error) {
    if (!isRefusal(error) || input.plan !== undefined) throw error;
    // The plan has to come to the run all the same: it says which tier is next.
    const { type, message, details } = error;
    return { plan, requestDigest: '', capacity: { kind: 'refused', failure: { type, message, details } } };
  }
}

/** A store that does not answer says nothing about the tier: the opening is repeated. */
function isRefusal(error: unknown): error is HoldfastError {
  return error instanceof HoldfastError && error.type !== 'Capacity.StoreUnavailable';
}

async function openTier(deps: ActivityDependencies, input: OpenStepInput, plan: StepPlan): Promise<OpenStepOutput> {
  const { id } = input;
  const tier = plan.tiers[id.tier];
  if (tier !== undefined && !isModelTierPlan(tier)) return openInline({ deps, input, plan }, tier);
  checkTime(input, plan, tier);
  const { pool, isChosenNow } = await poolPlanOf(deps, input, plan);
  const parts = requestPartsOf(deps, { ...plan, ...pool }, askingOf(input));
  const requestDigest = digestRequest(parts);
  const opened = {
    ...(input.plan === undefined ? { plan } : {}),
    ...(isChosenNow ? { chosen: pool } : {}),
    requestDigest,
  };
  const journaled = await deps.journal.get(journalKeyOf(id, requestDigest)).catch(() => undefined);
  if (journaled !== undefined) return { ...opened, capacity: { kind: 'journaled' } };
  const rendered = await renderCall(deps.journal, renderRequest(parts, requestDigest), input);
  const opening = { deps, input, plan, pool, rendered };
  const candidates = candidatesOf(deps, pool.pool, rendered);
  await checkBudget(opening, candidates);
  const capacity = await reserveFirst(opening, candidates);
  deps.crashPoint('afterOpen');
  return { ...opened, capacity };
}

/** Below this no call can be made in earnest: the workflow's own bound, see `policy/remaining.ts`. */
const leastUsefulMs = 1_000;

/** Only the first opening can be too late for its tier: of later ones the workflow knows the plan and asks no more. */
function checkTime({ id, remainingMs }: OpenStepInput, { timeouts }: StepPlan, tier: ModelTierPlan | undefined): void {
  if (remainingMs === undefined) return;
  if (remainingMs < leastUsefulMs) {
    const message = `${id.step}: the time its run was given is used up; start it with a larger budget.time`;
    throw new HoldfastError('Budget.Exceeded', message, { budget: 'run', unit: 'time' });
  }
  const { needsMs = leastUsefulMs } = tier ?? {};
  const leftMs = Math.min(remainingMs, timeouts.stepMs);
  if (leftMs >= needsMs) return;
  const message = `${id.step}: tier ${id.tier} needs ${needsMs} ms, and its run has ${Math.round(leftMs)} ms left`;
  throw new HoldfastError('Capacity.Timeout', message);
}

interface InlineOpening {
  readonly deps: ActivityDependencies;
  readonly input: OpenStepInput;
  readonly plan: StepPlan;
}

/** Tiers that call no model. */
async function openInline(opening: InlineOpening, tier: Exclude<TierPlan, ModelTierPlan>): Promise<OpenStepOutput> {
  const { deps, input, plan } = opening;
  const kind = tierKindOf(tier);
  if (kind === 'batch' || kind === 'deferred' || kind === 'human') {
    const expected = 'deferred' in tier ? { expectedMs: await expectedMsOf(deps, plan, tier) } : {};
    const learned = input.plan === undefined ? { plan } : {};
    return { ...learned, requestDigest: '', capacity: { kind: 'child', ...expected } };
  }
  const requestDigest = digestQuestion(deps, plan, askingOf(input));
  const opened = { ...(input.plan === undefined ? { plan } : {}), requestDigest };
  if ('rule' in tier) return { ...opened, capacity: { kind: 'rule' } };
  if ('template' in tier) {
    const value = templateAnswerOf(opening);
    await streamInline(opening, 'template', value);
    return { ...opened, capacity: { kind: 'template', value } };
  }
  // A cache that does not answer holds nothing: the ladder goes on.
  const { cachedMs } = tier as CachedTierPlan;
  const held = await deps.answers.get(input.tenant, requestDigest, cachedMs).catch(() => undefined);
  if (held === undefined) return { ...opened, capacity: { kind: 'notCached' } };
  await streamInline(opening, 'cache', held.value);
  return { ...opened, capacity: { kind: 'cached', value: held.value, model: held.model } };
}

/** Whoever follows the step gets the answer in one piece. */
async function streamInline(
  { deps, input: { id }, plan }: InlineOpening,
  endpoint: string,
  value: JsonValue,
): Promise<void> {
  if (plan.stream !== true) return;
  const stamp = stampOf(id, { attempt: 1, hop: 0 });
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  await deps.streams.open(streamIdOf(id), stamp, endpoint).end({ stamp, endpoint, text });
}

/** By the config of today: an answer that was mended for everybody is mended for a run under way too. */
function templateAnswerOf({ deps, input: { id, variables }, plan }: InlineOpening): JsonValue {
  const settings = Object.hasOwn(deps.settings.steps, id.step) ? deps.settings.steps[id.step] : undefined;
  const tier = settings?.tiers.find((candidate) => 'template' in candidate);
  if (tier === undefined) {
    const message = `${deps.settings.file}: steps.${id.step}: its template tier is gone, but a run that began with it goes on`;
    throw new HoldfastError('Config.Invalid', message);
  }
  const value = fillAnswer(tier.template, variables);
  checkAnswer(deps, { step: id.step, ...(plan.output && { output: plan.output }), value });
  return value;
}

/** Where the call goes: as chosen before, as the plan says, or, where the plan leaves it open, as chosen now. */
async function poolPlanOf(
  deps: ActivityDependencies,
  input: OpenStepInput,
  plan: StepPlan,
): Promise<{ pool: PoolPlan; isChosenNow: boolean }> {
  if (input.chosen !== undefined) return { pool: input.chosen, isChosenNow: false };
  const tier = plan.tiers[input.id.tier];
  if (!isModelTierPlan(tier))
    throw new HoldfastError('Llm.Internal', `step ${input.id.step} has no tier ${input.id.tier}`);
  if (tier.choice === undefined) return { pool: tier, isChosenNow: false };
  const remainingUsd = await remainingUsdOf(deps, input);
  const asking = remainingUsd === undefined ? input : { ...input, remainingUsd };
  return { pool: await choosePool({ deps, input: asking, plan, choice: tier.choice }), isChosenNow: true };
}

interface Opening {
  readonly deps: ActivityDependencies;
  readonly input: OpenStepInput;
  readonly plan: StepPlan;
  readonly pool: PoolPlan;
  readonly rendered: RenderedRequest;
}

/** Attempt 1, hop 0, whatever our own retries: the same reservation is answered again. */
async function reserveFirst(
  opening: Opening,
  candidates: readonly CapacityCandidate[],
): Promise<OpenStepOutput['capacity']> {
  const { deps, input, plan, rendered } = opening;
  const { pool } = opening.pool;
  const { id, tenant, priority, remainingMs = plan.timeouts.stepMs } = input;
  // A start after this leaves no time for the call, while the next tier may have its start at once.
  const latestStartMs = Math.max(0, remainingMs - needsMsOf(plan.tiers[id.tier]));
  const maxWaitMs = Math.min(deps.settings.capacity.maxWaitMs[plan.lane], latestStartMs);
  const claiming = {
    pool,
    candidates,
    complexity: complexityOfRequest(rendered, plan.complexity),
    sizeOn: (endpoint: EndpointSettings) => requestSizeOf(deps, endpoint, rendered),
  };
  for (let hop = 0; hop < maxSpentHops; hop++) {
    const rid = reservationIdOf(id, 1, hop);
    const routed = routeClaim(deps, { rid, ...claiming });
    const claim = { ...routed, lane: plan.lane, tenant, ...(priority && { priority }), maxWaitMs };
    const answer = await deps.store.reserve(claim);
    if (answer.kind === 'wait') {
      if (answer.retryInMs <= latestStartMs) return { ...answer, mayLeave: true, ...(hop > 0 && { hop }) };
      // Its place would be kept for somebody who does not come back; one that cannot be given back ends by itself.
      await deps.store.release({ rid, pool }).catch(() => undefined);
      throw noStartInTime(input, answer);
    }
    if (answer.kind === 'overloaded') throw overloadedFailure(pool, answer);
    if (answer.kind !== 'granted') continue;
    const { reservation } = answer;
    if (claim.candidates.some(({ endpoint }) => endpoint === reservation.endpoint)) {
      return { kind: 'granted', grant: grantOf(deps, reservation, hop) };
    }
    // Claimed by an opening that crashed before history knew, with another choice of pool or another config.
    await deps.store.release(reservation);
  }
  throw new HoldfastError('Llm.Internal', `step ${id.step}: ${maxSpentHops} reservation ids in a row are spent`);
}

function needsMsOf(tier: TierPlan | undefined): number {
  return (isModelTierPlan(tier) ? tier.needsMs : undefined) ?? leastUsefulMs;
}

function noStartInTime({ id }: OpenStepInput, wait: { retryInMs: number; blockedBy: string }): HoldfastError {
  const { blockedBy, retryInMs } = wait;
  const message = `${id.step}: tier ${id.tier} cannot start in the time the step has left: still waiting for ${blockedBy}, ${(retryInMs / 1_000).toFixed(1)} s`;
  return new HoldfastError('Capacity.Timeout', message, { blockedBy });
}

/** Of `open-call.ts`. */
const longestSleepInActivityMs = 2_000;

function grantOf({ process }: ActivityDependencies, reservation: Reservation, hop: number): Grant {
  const { endpoint, startAt, startInMs, blockedBy } = reservation;
  const receivedAtMs = Math.round(performance.now());
  // Told to whoever waits for it on a durable timer; nobody sees the cause of a shorter wait, and it stands in history twice.
  const isWaitedFor = startInMs > longestSleepInActivityMs;
  return { endpoint, hop, startAt, startInMs, ...(isWaitedFor && blockedBy && { blockedBy }), process, receivedAtMs };
}

/** A mistake of the caller that must not reach a provider. */
function checkSize({ sizeLimits }: ActivityDependencies, { id: { step }, variables, extras }: OpenStepInput): void {
  const { attachments, toolRounds } = extras ?? {};
  const parts = { variables: { variables, attachments }, 'results of its tools': toolRounds };
  for (const [name, value] of Object.entries(parts)) {
    const problem = value === undefined ? undefined : sizeProblemOf(JSON.stringify(value), sizeLimits);
    if (problem !== undefined)
      throw new HoldfastError('Llm.BadRequest', `step ${step}: what its ${name} make ${problem}`);
  }
}
