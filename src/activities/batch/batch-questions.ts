/** The questions of a batch, all or many of them at once. */
import type { BatchQuestion, BatchRef } from '../../contracts/batch';
import type { HoldfastError } from '../../errors/holdfast-error';
import type { BatchDependencies, BatchEndpoint } from './batch-dependencies';
import { tellWaiters } from './reach-workflows';
import { keepFailure } from './settle-question';

/** Commands to the store side by side. */
const atOnce = 32;

export interface HeldQuestion {
  readonly key: string;
  readonly question: BatchQuestion;
}

/** Those that somebody waits for, in the order of the batch. */
export async function readQuestions(deps: BatchDependencies, { queue, key: batch }: BatchRef): Promise<HeldQuestion[]> {
  const keys = [...(await deps.board.waitedFor(queue, batch))];
  const held = await inGroups(keys, async (key) => {
    const question = await deps.board.question(key);
    return question === undefined ? [] : [{ key, question }];
  });
  return held.flat();
}

interface Failing {
  readonly deps: BatchDependencies;
  readonly questions: readonly HeldQuestion[];
  /** Absent = they were sent nowhere. */
  readonly target?: BatchEndpoint;
}

/** Keeps the failure for each of them and tells who waits. */
export async function failQuestions({ deps, questions, target }: Failing, failure: HoldfastError): Promise<void> {
  const endpoint = target?.endpoint;
  await inGroups(questions, (held) => keepFailure({ deps, ...held, ...(endpoint && { endpoint }) }, failure));
  await tellWaiters(questions.map(({ question }) => question.waiter));
}

/** In order, some at once. */
export async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    results.push(...(await Promise.all(items.slice(from, from + atOnce).map(work))));
  }
  return results;
}
