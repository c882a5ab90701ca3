/** What tests of the batch tier ask, and what the provider's own ledger says of it. */
import type { HoldfastError } from '../../../src/errors/holdfast-error';
import type { LedgerEntry } from '../../../src/simulator';
import type { StepResult } from '../../../src/workflows/public';
import type { RunHandle } from '../../../src/client/run-handle';
import type { Harness } from '../../support/harness';

export async function start(harness: Harness, step: string, topic: string): Promise<RunHandle> {
  const id = `${topic}-${harness.taskQueue}`.replaceAll(/\W+/g, '-');
  return harness.client.start('oneStep', { step, variables: { topic } }, { id });
}

/** One run for each topic, all at once. */
export async function askAll(harness: Harness, step: string, topics: readonly string[]): Promise<Ended[]> {
  const runs = await Promise.all(topics.map((topic) => start(harness, step, topic)));
  return Promise.all(runs.map(endOf));
}

export type Ended = { readonly result: StepResult } | { readonly failure: string };

export async function endOf(run: RunHandle): Promise<Ended> {
  try {
    return { result: await run.result<StepResult>() };
  } catch (error) {
    const { details } = error as HoldfastError;
    return { failure: String(details['failure']) };
  }
}

export function topicsOf(count: number, about: string): string[] {
  return Array.from({ length: count }, (_, index) => `${about} ${index}`);
}

/** Paid calls within batches of an endpoint. */
export async function boughtAt(harness: Harness, endpoint: string): Promise<readonly LedgerEntry[]> {
  const ledger = await harness.simulator.ledger({ endpoint });
  return ledger.filter((entry) => entry.batchId !== undefined && entry.operation === 'create' && entry.billed);
}

/** Custom ids end with the question's own key, whatever batch it is in. */
export function questionsOf(entries: readonly LedgerEntry[]): string[] {
  return entries.map(({ callId = '' }) => callId.slice(17));
}
