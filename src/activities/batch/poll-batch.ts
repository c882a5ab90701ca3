/** Activities about a batch that is at its provider: how far it is, calling it off, giving it up. */
import { Context, activityInfo } from '@temporalio/activity';
import type { BatchFailure, BatchRef, PollBatchOutput } from '../../contracts/batch';
import { HoldfastError } from '../../errors/holdfast-error';
import type { BatchRecord } from '../../journal/batch-board';
import type { BatchContext } from '../../providers/batch-provider';
import { backoffMs } from '../attempt-policy';
import { applicationFailureOf } from '../to-application-failure';
import { batchEndpointsOf } from './batch-dependencies';
import type { BatchDependencies, BatchEndpoint } from './batch-dependencies';
import { failQuestions, readQuestions } from './batch-questions';
import { retryAnyway } from './retry-anyway';

export interface AtProvider {
  readonly record: BatchRecord;
  readonly providerId: string;
  readonly target: BatchEndpoint;
  readonly context: BatchContext;
}

/** Undefined: everything about it is done. Throws `Config.Invalid` when its endpoint is gone from the config. */
export async function atProvider(deps: BatchDependencies, ref: BatchRef): Promise<AtProvider | undefined> {
  const record = await deps.board.record(ref.queue, ref.key);
  const { state, endpoint, providerId } = record;
  if (state !== 'accepted' || providerId === undefined) return undefined;
  const target = batchEndpointsOf(deps, ref.pool).find((candidate) => candidate.endpoint.name === endpoint);
  if (target === undefined) {
    const message = `${deps.settings.file}: pools.${ref.pool}: endpoint ${endpoint} is gone, but a batch is running there`;
    throw new HoldfastError('Config.Invalid', message);
  }
  const context = { callId: `batch-${ref.key}`, signal: Context.current().cancellationSignal };
  return { record, providerId, target, context };
}

export async function pollBatch(deps: BatchDependencies, ref: BatchRef): Promise<PollBatchOutput> {
  return atWork(deps, async () => {
    const at = await atProvider(deps, ref);
    if (at === undefined) return { isOver: true, done: 0 };
    const { end, done } = await at.target.provider.read(at.providerId, at.context);
    return { isOver: end !== undefined, done };
  });
}

/** What is done by then stays paid for, and is collected like any other. */
export async function cancelBatch(deps: BatchDependencies, ref: BatchRef): Promise<void> {
  await atWork(deps, async () => {
    const at = await atProvider(deps, ref);
    await at?.target.provider.cancel(at.providerId, at.context);
  });
}

/** The provider no longer has it: whoever waits goes on with the next tier. */
export async function failBatch(deps: BatchDependencies, ref: BatchRef, failure: BatchFailure): Promise<void> {
  const at = await atProvider(deps, ref);
  const questions = await readQuestions(deps, ref);
  const { type, message, details } = failure;
  await failQuestions({ deps, questions, ...(at && { target: at.target }) }, new HoldfastError(type, message, details));
  await deps.board.close(ref.queue, ref.key);
}

/** A batch that is new may not be known everywhere yet. */
const attemptsUntilLost = 5;

/** The failure when the provider no longer has it; for anything else it is asked again. */
async function atWork<T>(deps: BatchDependencies, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    if (error.details.status === 404 && activityInfo().attempt >= attemptsUntilLost) {
      const lost = new HoldfastError('Llm.ResumeLost', error.message, error.details, { cause: error });
      throw applicationFailureOf(lost, { final: true });
    }
    throw retryAnyway(error, error.details.retryAfterMs ?? backoffMs(activityInfo().attempt, deps.random()));
  }
}
