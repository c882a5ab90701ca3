/**
 * Activity `collectBatch`: the results of a batch that has ended, line by line, each into the journal under its
 * question's own key. All of it may be done again: the first answer that was kept stands.
 *
 *   failed at validation ─▶ the lines at fault fail, the others are handed in again
 *   another's batch      ─▶ (Anthropic) it was only taken for ours: ours is looked for again, or handed in
 *   else                 ─▶ answers and failures kept, batch closed, everybody told, the provider's copies deleted
 */
import { activityInfo, log } from '@temporalio/activity';
import type { BatchRef, CollectBatchOutput } from '../../contracts/batch';
import { HoldfastError } from '../../errors/holdfast-error';
import type { BatchRecord } from '../../journal/batch-board';
import type { BatchLine, BatchReading } from '../../providers/batch-provider';
import { backoffMs } from '../attempt-policy';
import { requestFor } from '../build-request';
import type { BatchDependencies, BatchEndpoint } from './batch-dependencies';
import { failQuestions, inGroups, readQuestions } from './batch-questions';
import type { HeldQuestion } from './batch-questions';
import { atProvider } from './poll-batch';
import type { AtProvider } from './poll-batch';
import { keyInBatch } from './question-key';
import { tellWaiters } from './reach-workflows';
import { retryAnyway } from './retry-anyway';
import { keepAnswer, keepFailure } from './settle-question';

export async function collectBatch(deps: BatchDependencies, ref: BatchRef): Promise<CollectBatchOutput> {
  try {
    const at = await atProvider(deps, ref);
    if (at === undefined) return { kind: 'done', answered: 0, failed: 0 };
    const reading = await at.target.provider.read(at.providerId, at.context);
    return reading.end === 'failed'
      ? await handleRefusal(deps, ref, { at, reading })
      : await collect(deps, ref, { at, reading });
  } catch (error) {
    // The results stay at the provider for weeks: whatever is wrong now, they are asked for again.
    if (error instanceof HoldfastError) throw retryAnyway(error, backoffMs(activityInfo().attempt, deps.random()));
    throw error;
  }
}

interface Ended {
  readonly at: AtProvider;
  readonly reading: BatchReading;
}

async function collect(deps: BatchDependencies, ref: BatchRef, { at, reading }: Ended): Promise<CollectBatchOutput> {
  const { target, record, context } = at;
  const collecting = new Collecting(deps, ref, target);
  await collecting.open();
  let foreign = 0;
  for await (const line of target.provider.results(reading, context)) {
    if (!(await collecting.take(line)) && line.customId !== undefined) foreign += 1;
    // A batch of another's that looked like ours holds nothing of ours, and its first lines show it.
    if (record.isCertain !== true && collecting.count === 0 && foreign > 0)
      return handInAgain(deps, ref, { at, why: 'not ours' });
  }
  await collecting.flush();
  await collecting.failMissing(reading.end ?? 'completed');
  await deps.board.close(ref.queue, ref.key);
  await tellWaiters(collecting.waiters);
  await deps.board.putRecord(ref.queue, ref.key, { ...record, state: 'over' });
  await tidyUp(deps, { at, reading, keys: collecting.keys });
  return { kind: 'done', answered: collecting.answered, failed: collecting.count - collecting.answered };
}

/** Lines of one batch on their way into the journal. */
class Collecting {
  keys: readonly string[] = [];
  waiters: string[] = [];
  count = 0;
  answered = 0;
  private readonly missing = new Set<string>();
  private waitedFor: ReadonlySet<string> = new Set();
  private group: { key: string; line: BatchLine }[] = [];

  constructor(
    private readonly deps: BatchDependencies,
    private readonly ref: BatchRef,
    private readonly target: BatchEndpoint,
  ) {}

  async open(): Promise<void> {
    const { queue, key } = this.ref;
    this.keys = await this.deps.board.keysOf(queue, key);
    this.waitedFor = await this.deps.board.waitedFor(queue, key);
    for (const known of this.keys) this.missing.add(known);
  }

  /** False: the line is about no question of this batch. */
  async take(line: BatchLine): Promise<boolean> {
    const key = keyInBatch(this.ref.key, line.customId);
    if (key === undefined) return false;
    if (!this.missing.delete(key)) return true;
    this.count += 1;
    this.group.push({ key, line });
    if (this.group.length >= linesAtOnce) await this.flush();
    return true;
  }

  async flush(): Promise<void> {
    const group = this.group.splice(0);
    await inGroups(group, ({ key, line }) => this.settle(key, line));
    this.deps.crashPoint('duringCollect');
  }

  /** The provider says nothing of them. */
  async failMissing(end: NonNullable<BatchReading['end']>): Promise<void> {
    const failure = missingFailure(this.target, end);
    await inGroups([...this.missing], async (key) => {
      const held = await this.hold(key);
      if (held !== undefined) await keepFailure({ deps: this.deps, ...held, endpoint: this.target.endpoint }, failure);
      this.count += 1;
    });
  }

  private async settle(key: string, line: BatchLine): Promise<void> {
    const held = await this.hold(key);
    if (held === undefined) return;
    const { endpoint, provider } = this.target;
    const settling = { deps: this.deps, ...held, endpoint };
    try {
      await keepAnswer(settling, provider.answerOf(line, requestFor(held.question.request, endpoint)));
      this.answered += 1;
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.type === 'Capacity.StoreUnavailable') throw error;
      await keepFailure(settling, error);
    }
    if (!this.waitedFor.has(key)) {
      log.warn('an answer of a batch was paid for, and nobody waits for it', { step: held.question.id.step });
    }
  }

  private async hold(key: string): Promise<HeldQuestion | undefined> {
    const question = await this.deps.board.question(key);
    if (question === undefined) return undefined;
    if (this.waitedFor.has(key)) this.waiters.push(question.waiter);
    return { key, question };
  }
}

const linesAtOnce = 64;

function missingFailure({ endpoint }: BatchEndpoint, end: NonNullable<BatchReading['end']>): HoldfastError {
  const { name, provider, model } = endpoint;
  const facts = { provider, endpoint: name, model };
  if (end === 'expired') {
    return new HoldfastError('Llm.Timeout', `${name}: the batch expired`, { ...facts, code: 'batch_expired' });
  }
  if (end === 'cancelled') {
    return new HoldfastError('Llm.Cancelled', `${name}: the batch was cancelled`, {
      ...facts,
      code: 'batch_cancelled',
    });
  }
  const message = `${name} ended the batch without a readable result for this question`;
  return new HoldfastError('Llm.Truncated', message, { ...facts, code: 'batch_result_missing' });
}

/** Our copies of the questions, and the provider's of everything: answers are in the journal. */
async function tidyUp(
  deps: BatchDependencies,
  { at, reading, keys }: Ended & { keys: readonly string[] },
): Promise<void> {
  await inGroups(keys, (key) => deps.board.dropQuestion(key));
  await at.target.provider.discard(reading, at.context).catch((error: unknown) => {
    log.warn('the files of a batch could not be deleted', { batch: reading.id, error: String(error) });
  });
}

/** After this often a batch is given up. */
const mostSubmissions = 10;
/** Until other batches of the account have made room: ×2 each time, up to the cap. */
const roomPauseMs = { first: 60_000, cap: 15 * 60_000 } as const;

/** Nothing of it was run. A full queue of the account passes; a line at fault is taken out; anything else is final. */
async function handleRefusal(
  deps: BatchDependencies,
  ref: BatchRef,
  { at, reading }: Ended,
): Promise<CollectBatchOutput> {
  const keys = await deps.board.keysOf(ref.queue, ref.key);
  const questions = await readQuestions(deps, ref);
  const { name } = at.target.endpoint;
  const atFault = new Set(reading.problems.flatMap(({ index = -1 }) => keys[index] ?? []));
  const [code = 'unknown'] = reading.problems.map((problem) => problem.code);
  const isFull = reading.problems.some((problem) => problem.code === 'token_limit_exceeded');
  if (atFault.size > 0) {
    const message = `${name} refused this question when it checked the batch (${code})`;
    const bad = questions.filter(({ key }) => atFault.has(key));
    await failQuestions(
      { deps, questions: bad, target: at.target },
      new HoldfastError('Llm.BadRequest', message, { endpoint: name, code }),
    );
    await deps.board.exclude(ref.queue, ref.key, [...atFault]);
  }
  const canGoOn = (isFull || atFault.size > 0) && at.record.again < mostSubmissions;
  if (canGoOn) {
    const inMs = isFull ? Math.min(roomPauseMs.cap, roomPauseMs.first * 2 ** at.record.again) : 0;
    return handInAgain(deps, ref, { at, why: code, inMs });
  }
  const message = `${name} refused the batch when it checked it (${code})`;
  const rest = questions.filter(({ key }) => !atFault.has(key));
  await failQuestions(
    { deps, questions: rest, target: at.target },
    new HoldfastError('Batch.Refused', message, { endpoint: name, code }),
  );
  await deps.board.close(ref.queue, ref.key);
  return { kind: 'done', answered: 0, failed: questions.length };
}

async function handInAgain(
  deps: BatchDependencies,
  ref: BatchRef,
  { at, why, inMs = 0 }: { readonly at: AtProvider; readonly why: string; readonly inMs?: number },
): Promise<CollectBatchOutput> {
  const { not, refusedBy, again, endpoint, sentAtMs } = at.record;
  const record: BatchRecord = {
    // Another's batch proves nothing about ours: it is looked for again before anything is sent.
    state: why === 'not ours' ? 'sending' : 'formed',
    ...(endpoint !== undefined && { endpoint }),
    ...(sentAtMs !== undefined && { sentAtMs }),
    not: [...not, at.providerId],
    refusedBy,
    again: again + 1,
  };
  await deps.board.putRecord(ref.queue, ref.key, record);
  return { kind: 'again', inMs, why };
}
