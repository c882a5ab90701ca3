/** What became of one run, by what stands outside of the product: the provider's ledger, Temporal's history, a log file. */
import { readFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import type { LedgerEntry } from '../../src/simulator/ledger';
import type { RunHandle } from '../../src/client/run-handle';
import type { StepResult } from '../../src/workflows/public';
import { callsOf } from './cases';
import type { StepKind } from './cases';
import type { Corner } from './world';

export interface Outcome {
  /** The run did not end with its answer, or with another one than it told its effect. */
  readonly lost: string | undefined;
  /** A call with two results in history, or an effect that happened twice under two names. */
  readonly doubled: string | undefined;
  /** Calls the provider charges for, more than the step has. */
  readonly paidExtra: number;
  readonly result?: StepResult;
}

interface Ended {
  /** Temporal's own, for the history. */
  readonly temporal: Client;
  readonly corner: Corner;
  readonly kind: StepKind;
  readonly run: RunHandle;
  /** Requests of this run alone. */
  readonly ledger: readonly LedgerEntry[];
}

export async function verify(ended: Ended): Promise<Outcome> {
  const { run, kind, ledger } = ended;
  const paidExtra = ledger.filter((entry) => entry.billed).length - callsOf[kind];
  let result: StepResult;
  try {
    result = await run.result<StepResult>();
  } catch (error) {
    return { lost: `it ended with ${String(error)}`, doubled: undefined, paidExtra };
  }
  const lost = lostBy(ended, result) ?? (kind === 'streaming' ? await splicedBy(run, result) : undefined);
  return { lost, doubled: await doubledBy(ended), paidExtra, result };
}

interface Line {
  readonly kind: 'tool' | 'effect';
  readonly key: string;
  readonly value?: string;
}

function linesOf({ logFile }: Corner, workflowId: string): Line[] {
  const lines = readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as Line)
    .filter(({ key }) => key === workflowId || key.startsWith(`${workflowId}/`));
}

function lostBy({ corner, run }: Ended, result: StepResult): string | undefined {
  const effects = linesOf(corner, run.workflowId).filter(({ kind }) => kind === 'effect');
  const told = effects.at(-1)?.value;
  if (told === undefined) return 'its effect never happened';
  return told === JSON.stringify(result.value) ? undefined : 'its effect was told another answer than its caller';
}

/** Whoever followed the step has one whole answer, and it is the one the run has. */
async function splicedBy(run: RunHandle, result: StepResult): Promise<string | undefined> {
  let text = '';
  for await (const chunk of run.stream('chaos.streaming', { signal: AbortSignal.timeout(20_000) })) {
    if (chunk.kind === 'reset') text = '';
    if (chunk.kind === 'text') text += chunk.text;
    if (chunk.kind === 'end') return text === result.value ? undefined : 'its reader saw another text than its answer';
  }
  return 'its reader never saw the end';
}

/** One completed `callModel` for each call, one key for each effect. */
async function doubledBy({ temporal, corner, kind, run }: Ended): Promise<string | undefined> {
  const results = await countResults(temporal, run.workflowId);
  if (results > callsOf[kind]) return `history has ${results} results of ${callsOf[kind]} calls`;
  const keys = new Set(linesOf(corner, run.workflowId).map((line) => `${line.kind} ${line.key}`));
  const expected = kind === 'tool' ? 2 : 1;
  return keys.size > expected ? `${keys.size} effects of ${expected}` : undefined;
}

/** An answer that did not match its schema is a failure in history, so its repair is the one result. */
async function countResults(temporal: Client, workflowId: string): Promise<number> {
  const { events = [] } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  const calls = (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'callModel',
  );
  const ids = new Set(calls.map((event) => String(event.eventId)));
  const completed = (events ?? []).map((event) => event.activityTaskCompletedEventAttributes?.scheduledEventId);
  return completed.filter((id) => id !== undefined && id !== null && ids.has(String(id))).length;
}
