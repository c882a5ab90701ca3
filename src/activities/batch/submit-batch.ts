/**
 * Activity `submitBatch`: hands a batch in, at most once. What is known of it stands in the store before and after:
 *
 *   formed ──▶ sending ──▶ accepted
 *                │  ├─ refused (4xx, or never sent) ─▶ formed: another endpoint, later, or nobody
 *                │  └─ no answer seen ───────────────▶ sending
 *                └─ met by the next attempt ─▶ looked for at the provider: found ─▶ accepted, else ─▶ formed
 *
 * OpenAI's batches carry our key in their metadata, so what is found there is ours. Anthropic's carry nothing: one of
 * the same size and time that is not known as another of ours is taken for it until its results say otherwise.
 */
import { Context, activityInfo, log } from '@temporalio/activity';
import type { BatchRef, SubmitBatchOutput } from '../../contracts/batch';
import { policyOf } from '../../errors/failure-types';
import { HoldfastError } from '../../errors/holdfast-error';
import type { BatchRecord } from '../../journal/batch-board';
import type { BatchContext } from '../../providers/batch-provider';
import { backoffMs } from '../attempt-policy';
import { requestFor } from '../build-request';
import { wasNeverSent } from '../settle-call';
import { batchEndpointsOf } from './batch-dependencies';
import type { BatchDependencies, BatchEndpoint } from './batch-dependencies';
import { failQuestions, inGroups, readQuestions } from './batch-questions';
import type { HeldQuestion } from './batch-questions';
import { customIdOf } from './question-key';
import { retryAnyway } from './retry-anyway';
import { holdBudget } from './settle-question';

export async function submitBatch(deps: BatchDependencies, ref: BatchRef): Promise<SubmitBatchOutput> {
  const { queue, key } = ref;
  const record = await deps.board.record(queue, key);
  if (record.state === 'over') return { kind: 'over' };
  if (record.state === 'accepted') return acceptedOf(deps, ref, record);
  const known = record.state === 'sending' ? await lookForLost(deps, ref, record) : record;
  if (known.state === 'accepted') return acceptedOf(deps, ref, known);
  return handIn(deps, ref, known);
}

async function acceptedOf(deps: BatchDependencies, ref: BatchRef, record: BatchRecord): Promise<SubmitBatchOutput> {
  const count = (await deps.board.keysOf(ref.queue, ref.key)).length;
  return { kind: 'accepted', endpoint: record.endpoint ?? '', count };
}

/** Each endpoint once; those that are only busy are asked again by the next attempt. */
async function handIn(deps: BatchDependencies, ref: BatchRef, given: BatchRecord): Promise<SubmitBatchOutput> {
  let record = given;
  let lastFailure: HoldfastError | undefined;
  const endpoints = batchEndpointsOf(deps, ref.pool);
  const turned = [
    ...endpoints.slice(record.again % endpoints.length),
    ...endpoints.slice(0, record.again % endpoints.length),
  ];
  for (const target of turned) {
    if (record.refusedBy.includes(target.endpoint.name)) continue;
    const questions = await affordable(deps, ref, target);
    if (questions.length === 0) return over(deps, ref);
    const outcome = await send({ deps, ref, record, target, questions });
    if (outcome.kind === 'accepted') return acceptedOf(deps, ref, outcome.record);
    ({ record, failure: lastFailure } = outcome);
  }
  const isBusy = endpoints.some(({ endpoint }) => !record.refusedBy.includes(endpoint.name));
  const failure = lastFailure ?? refusedByAll(ref);
  if (isBusy)
    throw retryAnyway(failure, failure.details.retryAfterMs ?? backoffMs(activityInfo().attempt, deps.random()));
  const questions = await readQuestions(deps, ref);
  await failQuestions({ deps, questions }, asRefusal(failure));
  return over(deps, ref);
}

interface Sending {
  readonly deps: BatchDependencies;
  readonly ref: BatchRef;
  readonly record: BatchRecord;
  readonly target: BatchEndpoint;
  readonly questions: readonly HeldQuestion[];
}

type Sent =
  | { readonly kind: 'accepted'; readonly record: BatchRecord }
  | { readonly kind: 'refused'; readonly record: BatchRecord; readonly failure: HoldfastError };

async function send({ deps, ref, record, target, questions }: Sending): Promise<Sent> {
  const { endpoint, provider } = target;
  const { board } = deps;
  const sending: BatchRecord = { ...record, state: 'sending', endpoint: endpoint.name, sentAtMs: Date.now() };
  await board.putRecord(ref.queue, ref.key, sending);
  deps.crashPoint('beforeBatch');
  const requests = questions.map(({ key, question }) => ({
    customId: customIdOf(ref.key, key),
    request: requestFor(question.request, endpoint),
  }));
  const submitted = await provider.submit({ key: ref.key, requests }, contextOf(ref)).catch((error: unknown) => {
    if (error instanceof HoldfastError) return error;
    throw error;
  });
  if (!(submitted instanceof HoldfastError)) {
    deps.crashPoint('afterBatchAccepted');
    const accepted = { ...sending, providerId: submitted.id, isCertain: true };
    return { kind: 'accepted', record: await accept(deps, ref, accepted) };
  }
  log.warn('a batch was not taken on', { batch: ref.key, endpoint: endpoint.name, failure: submitted.type });
  // It may have been taken on: the next attempt looks for it before it sends anything.
  if (!isRefusal(submitted)) throw retryAnyway(submitted, backoffMs(activityInfo().attempt, deps.random()));
  const isBusy = policyOf(submitted.type).outcome === 'rateLimited' || wasNeverSent(submitted);
  const refusedBy = isBusy ? record.refusedBy : [...record.refusedBy, endpoint.name];
  const refused: BatchRecord = { ...record, state: 'formed', refusedBy };
  await board.putRecord(ref.queue, ref.key, refused);
  return { kind: 'refused', record: refused, failure: submitted };
}

/** Nothing was taken on, and that is certain. */
function isRefusal(error: HoldfastError): boolean {
  const { status = 0 } = error.details;
  return wasNeverSent(error) || (status >= 400 && status < 500 && status !== 408);
}

/** An attempt that was thought dead may have been faster: one of the two batches is called off at once. */
async function accept(deps: BatchDependencies, ref: BatchRef, accepted: BatchRecord): Promise<BatchRecord> {
  const { board } = deps;
  const { endpoint = '', providerId = '', isCertain } = accepted;
  const standing = await board.record(ref.queue, ref.key);
  if (standing.state === 'accepted' && standing.providerId !== providerId) {
    log.warn('a batch was handed in twice; one is called off', { batch: ref.key, endpoint });
    await callOff(deps, ref, { endpoint, providerId });
    return standing;
  }
  await board.putRecord(ref.queue, ref.key, { ...accepted, state: 'accepted' });
  if (isCertain === true) await board.addOwnId(endpoint, providerId);
  return { ...accepted, state: 'accepted' };
}

/** Bought twice, it costs twice: worth trying, and no more than that. */
async function callOff(
  deps: BatchDependencies,
  ref: BatchRef,
  { endpoint, providerId }: { readonly endpoint: string; readonly providerId: string },
): Promise<void> {
  const own = batchEndpointsOf(deps, ref.pool).find((candidate) => candidate.endpoint.name === endpoint);
  await own?.provider.cancel(providerId, contextOf(ref)).catch((error: unknown) => {
    log.error('a batch that was handed in twice could not be called off', { providerId, error: String(error) });
  });
}

async function lookForLost(deps: BatchDependencies, ref: BatchRef, record: BatchRecord): Promise<BatchRecord> {
  const { endpoint = '', sentAtMs = 0 } = record;
  const target = batchEndpointsOf(deps, ref.pool).find((candidate) => candidate.endpoint.name === endpoint);
  if (target === undefined) {
    const message = `endpoint ${endpoint} is gone from pool ${ref.pool}, but a batch may be running there; put it back`;
    throw retryAnyway(new HoldfastError('Config.Invalid', message), lostLookMs);
  }
  const count = (await deps.board.keysOf(ref.queue, ref.key)).length;
  const found = await target.provider
    .find({ key: ref.key, count, sentAtMs }, contextOf(ref))
    .catch((error: unknown) => {
      throw error instanceof HoldfastError
        ? retryAnyway(error, backoffMs(activityInfo().attempt, deps.random()))
        : error;
    });
  const others = await deps.board.ownIds(endpoint);
  const possible = found.filter(({ id }) => !record.not.includes(id) && !others.has(id));
  const [best, ...rest] = [...possible].sort((a, b) => Number(b.isCertain) - Number(a.isCertain));
  if (best === undefined) return { ...record, state: 'formed' };
  // An attempt that was thought dead has handed it in as well.
  for (const { id, isCertain } of rest) if (isCertain) await callOff(deps, ref, { endpoint, providerId: id });
  log.warn('a batch that was handed in before is picked up', { batch: ref.key, endpoint, isCertain: best.isCertain });
  return accept(deps, ref, { ...record, providerId: best.id, isCertain: best.isCertain });
}

const lostLookMs = 60_000;

/** Those that somebody waits for and that their budgets can pay for. The others are taken out. */
async function affordable(deps: BatchDependencies, ref: BatchRef, target: BatchEndpoint): Promise<HeldQuestion[]> {
  const { queue, key: batch } = ref;
  const keys = await deps.board.keysOf(queue, batch);
  const questions = await readQuestions(deps, ref);
  const judged = await inGroups(questions, async (held) => {
    const failure = await holdBudget({ deps, ...held, endpoint: target.endpoint });
    if (failure === undefined) return [held];
    await failQuestions({ deps, questions: [held] }, failure);
    return [];
  });
  const kept = judged.flat();
  const staying = new Set(kept.map(({ key }) => key));
  await deps.board.exclude(
    queue,
    batch,
    keys.filter((key) => !staying.has(key)),
  );
  return kept;
}

async function over(deps: BatchDependencies, { queue, key }: BatchRef): Promise<SubmitBatchOutput> {
  await deps.board.close(queue, key);
  return { kind: 'over' };
}

function refusedByAll({ pool }: BatchRef): HoldfastError {
  return new HoldfastError('Batch.Refused', `no endpoint of pool ${pool} takes batches`, { pool });
}

/** What is wrong with a whole batch says nothing about one question in it: the step goes on with its next tier. */
function asRefusal(failure: HoldfastError): HoldfastError {
  const own = ['Llm.Authentication', 'Llm.QuotaExhausted', 'Llm.ModelNotFound', 'Batch.Refused'];
  if (own.includes(failure.type)) return failure;
  return new HoldfastError('Batch.Refused', failure.message, failure.details, { cause: failure });
}

function contextOf({ key }: BatchRef): BatchContext {
  return { callId: `batch-${key}`, signal: Context.current().cancellationSignal };
}
