/**
 * `each` for thousands of items: chunk after chunk goes to a child workflow, some at once.
 *
 *   next chunk ──▶ child ──all outcomes──▶ kept in their places; the next chunk
 *       ▲            │ ──outcomes of its first items, its history is full──▶ kept; the rest is the next chunk
 *       └────────────┘ ──it gave up, or is gone──▶ its items count as failed
 *
 * The history of the run grows by a few events for each chunk, that of a child ends with it.
 */
import { executeChild, workflowInfo } from '@temporalio/workflow';
import { chunkWorkflowIdOf } from '../../contracts/ids';
import type { ChunkInput, ChunkOutput, ItemFailure, ItemOutcome } from '../../contracts/each';
import type { JsonValue } from '../../contracts/json';
import { chunkWorkflowName } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import { chunkAt, chunkItemsOf, childrenOf, partOf } from '../policy/each-chunks';
import type { ItemRange } from '../policy/each-chunks';
import { thrownOf } from '../policy/each-failure';
import { invalid, itemsFailed, readEachOptions } from '../policy/each-options';
import type { EachOptions, TolerantEachOptions } from '../policy/each-options';
import { checkHistory, toleratedFailureOf } from './each';
import { currentItem } from './each-item';
import { runLanes } from './each-lanes';
import type { Work } from './each-work';
import { currentRun } from './run-state';
import type { ListProgress, RunState } from './run-state';

/**
 * As `each`, for lists of any length: the items are worked on in child workflows, so that no history outgrows its limits
 * and several workers share the list. What the steps of the items cost counts for this run and its budget.
 *
 * @param work - made by `defineWork`. Approvals inside of it are asked by the child, not by this run
 * @throws as `each`; in the strict form the first failure, with its type and details
 */
export function eachInChunks<T, R>(
  items: readonly T[],
  work: Work<T, R>,
  options?: EachOptions & { readonly tolerate?: undefined },
): Promise<R[]>;
export function eachInChunks<T, R>(
  items: readonly T[],
  work: Work<T, R>,
  options: TolerantEachOptions,
): Promise<ItemOutcome<R>[]>;
export async function eachInChunks<T, R>(
  items: readonly T[],
  work: Work<T, R>,
  options: EachOptions & { readonly tolerate?: TolerantEachOptions['tolerate'] | undefined } = {},
): Promise<R[] | ItemOutcome<R>[]> {
  const { concurrency, tolerated, chunkItems } = readEachOptions(items.length, options);
  const children = childrenOf(concurrency);
  const run = currentRun();
  if (currentItem() !== undefined) throw invalid('eachInChunks inside the work of another one; use each there');
  const progress = run.openList(options.name ?? work.name, items.length);
  const list: List = {
    run,
    progress,
    work: work.name,
    number: run.takeListNumber(),
    items: items as readonly JsonValue[],
    chunkItems: chunkItemsOf(items.length, children, chunkItems),
    tolerated,
    next: 0,
    failures: [],
    outcomes: [],
  };
  try {
    await runLanes({ count: children, concurrency: children }, (index) =>
      runLane(list, partOf(concurrency, children, index)),
    );
  } finally {
    progress.end();
  }
  const outcomes = list.outcomes as ItemOutcome<R>[];
  // In the strict form a failure has ended the list: all of them are values.
  return tolerated === undefined ? outcomes.map((outcome) => (outcome as { readonly value: R }).value) : outcomes;
}

/** A list that is being worked on. */
interface List {
  readonly run: RunState;
  readonly progress: ListProgress;
  readonly work: string;
  readonly number: number;
  readonly items: readonly JsonValue[];
  /** In a chunk at most. */
  readonly chunkItems: number;
  readonly tolerated: number | undefined;
  /** Place of the first item that no child has been given. */
  next: number;
  readonly failures: ItemFailure[];
  readonly outcomes: ItemOutcome<unknown>[];
}

/** One child after the other. */
async function runLane(list: List, concurrency: number): Promise<void> {
  let rest: ItemRange | undefined;
  while (rest !== undefined || list.next < list.items.length) {
    const range: ItemRange = rest ?? chunkAt(list.items, list.next, list.chunkItems);
    list.next = Math.max(list.next, range.to);
    const ended = await runChunk(list, range, concurrency);
    rest = range.from + ended < range.to ? { from: range.from + ended, to: range.to } : undefined;
  }
}

/** Answers how many items of the range have ended. */
async function runChunk(list: List, { from, to }: ItemRange, concurrency: number): Promise<number> {
  const { run, work } = list;
  checkHistory(`${from} of ${list.items.length}`, 'let the items give smaller results, or set HOLDFAST_PAYLOADS');
  const input: ChunkInput = {
    part: run.part(),
    work,
    list: list.number,
    from,
    items: list.items.slice(from, to),
    concurrency,
    tolerated: Math.max(0, (list.tolerated ?? 0) - list.failures.length),
  };
  let output: ChunkOutput;
  try {
    output = await executeChild<(input: ChunkInput) => Promise<ChunkOutput>>(chunkWorkflowName, {
      workflowId: chunkWorkflowIdOf(workflowInfo().workflowId, { list: list.number, from }),
      args: [input],
      staticSummary: summaryLine(`${work}: items ${from + 1} to ${to} of ${list.items.length}`),
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      // A terminated run must not leave a child buying answers; cancellation lets it give its capacity back.
      parentClosePolicy: 'REQUEST_CANCEL',
      // A child still running after its parent's reset is replaced; the journal prevents buying again.
      workflowIdReusePolicy: 'TERMINATE_IF_RUNNING',
    });
  } catch (error) {
    const failure = toleratedFailureOf(error);
    if (failure === undefined) throw error;
    keep(
      list,
      from,
      Array.from({ length: to - from }, () => ({ ok: false, failure })),
    );
    return to - from;
  }
  run.addPart(output);
  if (output.gaveUp !== undefined) {
    list.failures.push(...output.gaveUp);
    throw failedList(list);
  }
  keep(list, from, output.outcomes);
  return output.outcomes.length;
}

function keep(list: List, from: number, outcomes: readonly ItemOutcome<unknown>[]): void {
  outcomes.forEach((outcome, index) => (list.outcomes[from + index] = outcome));
  const failures = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure]));
  list.failures.push(...failures);
  list.progress.add({ done: outcomes.length - failures.length, failed: failures.length });
  if (list.failures.length > (list.tolerated ?? 0)) throw failedList(list);
}

function failedList({ failures, tolerated, items }: List): Error {
  const first = failures[0];
  if (first === undefined) return invalid('a chunk gave up without a failure');
  return tolerated === undefined ? thrownOf(first) : itemsFailed(failures, tolerated, items.length);
}
