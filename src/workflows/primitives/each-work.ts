/** Work that can be done in a child workflow: a function has to be found there by a name. */
import { ApplicationFailure } from '@temporalio/common';
import { HoldfastError } from '../../errors/holdfast-error';

type WorkFunction<T, R> = (item: T, index: number) => Promise<R>;

export interface Work<T, R> {
  readonly name: string;
  readonly run: WorkFunction<T, R>;
}

/** Filled while the workflows file loads, the same in every run. */
const works = new Map<string, WorkFunction<never, unknown>>();

/**
 * Names what `eachInChunks` does with an item. At the top level of a file your workflows file imports, because the child
 * workflows look it up by its name. The name stands in histories: never changed while runs are open.
 *
 * @param name - unique in the workflows file
 * @param work - as in `each`; item and result are JSON, `index` is the item's place in the list
 */
export function defineWork<T, R>(name: string, work: WorkFunction<T, R>): Work<T, R> {
  if (name === '' || works.has(name)) {
    const problem = name === '' ? 'a name is missing' : `"${name}" is there already`;
    throw new HoldfastError('Config.Invalid', `defineWork: ${problem}; every work has a name of its own`);
  }
  works.set(name, work);
  return { name, run: work };
}

/** Throws `Pipeline.Unknown` when the worker's workflows file does not know it. */
export function workOf(name: string): WorkFunction<never, unknown> {
  const work = works.get(name);
  if (work !== undefined) return work;
  const message = `there is no work "${name}": the workflows file must import the file that defines it`;
  throw ApplicationFailure.nonRetryable(message, 'Pipeline.Unknown');
}
