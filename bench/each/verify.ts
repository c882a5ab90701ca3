/** What became of the items, by what stands outside of the list itself: Temporal's histories and the provider's ledger. */
import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { openingsPerItem } from '../../src/contracts/ids';
import type { LedgerEntry } from '../../src/simulator/ledger';
import type { Ran } from './run-bench';

export interface Verified {
  /** Items without a result of their own in its place, or without an answer in history. */
  readonly lost: number;
  /** Items with more than one answer in history. */
  readonly doubled: number;
  /** Child workflows that worked on the list. */
  readonly chunks: number;
  /** Runs of children that went on as another one. */
  readonly continueAsNew: number;
  /** Of all runs. */
  readonly longestHistory: { readonly events: number; readonly bytes: number };
}

export async function verify(temporal: Client, { run, results }: Ran, items: number): Promise<Verified> {
  const children = await run.children();
  const answers = new Array<number>(items).fill(0);
  const longest = { events: 0, bytes: 0 };
  let continueAsNew = 0;
  for (const workflowId of [run.workflowId, ...children]) {
    const handle = temporal.workflow.getHandle(workflowId);
    const { historySize = 0, historyLength } = await handle.describe();
    longest.events = Math.max(longest.events, historyLength);
    longest.bytes = Math.max(longest.bytes, historySize);
    const history = await handle.fetchHistory();
    continueAsNew += continued(history);
    for (const item of answeredItems(history)) answers[item] = (answers[item] ?? 0) + 1;
  }
  const isThere = (index: number): boolean => String(results[index]).startsWith(`${index}: `) && answers[index] !== 0;
  return {
    lost: answers.filter((_, index) => !isThere(index)).length,
    doubled: answers.filter((count) => count > 1).length,
    chunks: children.length,
    continueAsNew,
    longestHistory: longest,
  };
}

/** Requests that the provider charges for, beyond one for each item: what killed workers had in flight. */
export function paidExtra(ledger: readonly LedgerEntry[], items: number): number {
  return ledger.filter(({ billed }) => billed).length - items;
}

/** What one item is charged against the quota, tokens. */
export function tokensPerItem(ledger: readonly LedgerEntry[]): number {
  const answered = ledger.filter(({ outcome }) => outcome === 'answered');
  return answered.reduce((sum, { chargedTokens }) => sum + chargedTokens, 0) / answered.length;
}

function continued({ events }: History): number {
  const first = events?.[0]?.workflowExecutionStartedEventAttributes;
  return first?.continuedExecutionRunId ? 1 : 0;
}

/** Items whose call has a result in this history. */
function answeredItems({ events }: History): number[] {
  const items = new Map(
    (events ?? []).flatMap((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled?.activityType?.name !== 'callModel') return [];
      const data = scheduled.input?.payloads?.[0]?.data ?? new Uint8Array();
      const { id } = JSON.parse(Buffer.from(data).toString()) as { id: { occurrence: number } };
      // The one list of the run is the first: see `occurrenceInList`.
      return [[String(event.eventId), Math.floor((id.occurrence % 1_000_000_000) / openingsPerItem)] as const];
    }),
  );
  return (events ?? []).flatMap((event) => {
    const item = items.get(String(event.activityTaskCompletedEventAttributes?.scheduledEventId));
    return item === undefined ? [] : [item];
  });
}
