/**
 * Activity `askBatch`: what a step says to its batch tier, first and whenever it wants to know.
 *
 *   journal hit? ─▶ the answer
 *   failed?      ─▶ the failure
 *   in a batch?  ─▶ sent: its workflow is started again, should somebody have ended it
 *   else         ─▶ queued: the question is kept in the store, and the queue rung when it has to look
 */
import { activityInfo } from '@temporalio/activity';
import { batchQueueIdOf } from '../../contracts/batch';
import type {
  AskBatchInput,
  AskBatchOutput,
  BatchQuestion,
  LeaveBatchInput,
  LeaveBatchOutput,
} from '../../contracts/batch';
import { journalKeyOf } from '../../contracts/ids';
import type { CallModelInput, CallModelOutput } from '../../contracts/step';
import { HoldfastError } from '../../errors/holdfast-error';
import type { JournalEntry } from '../../journal/journal';
import { digestRequest, renderRequest, requestPartsOf } from '../build-request';
import type { RequestParts } from '../build-request';
import type { RenderedRequest } from '../rendered-request';
import { outputOf } from '../call-output';
import { candidatesOf } from '../resolve-step';
import { stampOf, streamIdOf } from '../stream-id';
import { applicationFailureOf } from '../to-application-failure';
import { batchEndpointsOf, batchLimits } from './batch-dependencies';
import type { BatchDependencies } from './batch-dependencies';
import { questionKeyOf } from './question-key';
import { abandonBatch, resumeBatch, ringQueue } from './reach-workflows';

export async function askBatch(deps: BatchDependencies, input: AskBatchInput): Promise<AskBatchOutput> {
  const asking = askingOf(deps, input);
  const known = await settledOf(asking);
  if (known !== undefined) return known;
  const question = await questionOf(asking);
  if (question === undefined) return { kind: 'unknown' };
  const { board } = deps;
  const { key, queue, requestDigest } = asking;
  const { pool } = input.call;
  const bytes = JSON.stringify(question.request).length;
  const place = await board.enqueue(queue, { key, bytes, dueInMs: input.gatherMs });
  const isAskedAgain = asking.parts === undefined || activityInfo().attempt > 1;
  if (place.kind === 'batch') {
    const { batch } = place;
    const count = (await board.keysOf(queue, batch)).length;
    if (isAskedAgain) await resumeBatch({ queue, pool, key: batch, count });
    return { kind: 'sent', requestDigest };
  }
  // Its batch may have ended since we looked: what it brought was kept before the question left it.
  const since = await settledOf({ ...asking, parts: undefined });
  if (since !== undefined) {
    await board.leave(queue, key);
    return since;
  }
  if (place.isFirst || place.count >= batchLimits.questions || isAskedAgain) await ringQueue({ queue, pool });
  return { kind: 'queued', requestDigest };
}

/** Activity `leaveBatch`: nobody waits for the answer any more. */
export async function leaveBatch(deps: BatchDependencies, input: LeaveBatchInput): Promise<LeaveBatchOutput> {
  const { queue, id, requestDigest } = input;
  const key = questionKeyOf(id, requestDigest);
  const left = await deps.board.leave(queue, key);
  if (left.kind === 'removed') {
    await deps.board.dropQuestion(key);
    // Others may have relied on it to be the first that is due.
    await ringQueue(input);
  }
  if (left.kind === 'left' && left.isAll) await abandonBatch({ queue, key: left.batch });
  return { wasSent: left.kind === 'left' };
}

interface Asking {
  readonly deps: BatchDependencies;
  readonly input: AskBatchInput;
  readonly key: string;
  readonly queue: string;
  readonly journalKey: string;
  readonly requestDigest: string;
  /** With the question's variables: absent when it was asked before. */
  readonly parts: RequestParts | undefined;
}

function askingOf(deps: BatchDependencies, input: AskBatchInput): Asking {
  const { id, call, variables, extras } = input;
  const parts = variables && requestPartsOf(deps, call, { step: id.step, variables, extras });
  const requestDigest = parts === undefined ? (input.requestDigest ?? '') : digestRequest(parts);
  const queue = batchQueueIdOf({ taskQueue: activityInfo().taskQueue, pool: call.pool });
  const journalKey = journalKeyOf(id, requestDigest);
  return { deps, input, key: questionKeyOf(id, requestDigest), queue, journalKey, requestDigest, parts };
}

async function settledOf(asking: Asking): Promise<AskBatchOutput | undefined> {
  const { deps, key, journalKey, parts } = asking;
  const entry = await deps.journal.get(journalKey);
  if (entry !== undefined) return { kind: 'answered', output: await answerOf(asking, entry) };
  const failure = await deps.board.failure(key);
  if (failure === undefined) return undefined;
  if (parts === undefined) {
    throw applicationFailureOf(new HoldfastError(failure.type, failure.message, failure.details), { final: true });
  }
  // Asked anew, after an operator's reset: what failed then may be answered now.
  await deps.board.clearFailure(key);
  return undefined;
}

/** As it was kept, or kept now. */
async function questionOf({
  deps,
  input,
  key,
  journalKey,
  requestDigest,
  parts,
}: Asking): Promise<BatchQuestion | undefined> {
  if (parts === undefined) return deps.board.question(key);
  const request = renderRequest(parts, requestDigest);
  checkFits(deps, input, request);
  const { id, tenant, budget } = input;
  const waiter = activityInfo().workflowExecution?.workflowId ?? '';
  const question = { id, journalKey, tenant, ...(budget && { budget }), request, waiter };
  await deps.board.putQuestion(key, question);
  return question;
}

/** Any of them may take the batch, so each must be able to take the question. */
function checkFits(
  deps: BatchDependencies,
  { id, call: { pool, tools } }: AskBatchInput,
  request: RenderedRequest,
): void {
  if (tools !== undefined) {
    const message = `${id.step}: a batch is asked once, and this step has tools; give it a tier that calls a pool`;
    throw new HoldfastError('Llm.Unsupported', message, { pool });
  }
  const fitting = new Set(candidatesOf(deps, pool, request).map(({ endpoint }) => endpoint));
  const endpoints = batchEndpointsOf(deps, pool).map(({ endpoint }) => endpoint.name);
  const unfit = endpoints.filter((endpoint) => !fitting.has(endpoint));
  if (endpoints.length > 0 && unfit.length === 0) return;
  const lacking = endpoints.length === 0 ? 'no endpoint' : `not ${unfit.join(', ')}`;
  const message = `${id.step}: ${lacking} of pool ${pool} can take this question in a batch`;
  throw new HoldfastError('Llm.Unsupported', message, { pool });
}

/** Throws, final, for an answer that does not match the step's schema: a repair would take another batch. */
async function answerOf(
  { deps, input, journalKey, requestDigest }: Asking,
  entry: JournalEntry,
): Promise<CallModelOutput> {
  const { id, tenant } = input;
  const call: CallModelInput = { id, tenant, variables: {}, call: { ...input.call, requestDigest } };
  const output = outputOf({ deps, input: call, journalKey, entry, failed: [], fromJournal: false });
  if (input.call.stream === true) {
    const stamp = stampOf(id, { attempt: activityInfo().attempt, hop: 0 });
    const { endpoint, text } = entry;
    await deps.streams.open(streamIdOf(id), stamp, endpoint).end({ stamp, endpoint, text });
  }
  return output;
}
