/**
 * Keeps a run's search attributes, where there are any: an upsert of one that the server does not know would stop the run.
 * Whether it knows them is decided once, by what history holds: the start carried them, or a worker said so when a step
 * was opened. Each upsert is an event, so there is one when `degraded` or `waitingFor` changes and one at the end; to
 * change when there is one needs `patched()`.
 */
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributePair, SearchAttributeUpdatePair } from '@temporalio/common';
import { searchAttributes as keys } from '../../contracts/search-attributes';
import type { RunStatus } from '../../contracts/status';
import { runMarksOf } from '../policy/run-marks';
import type { RunMarks } from '../policy/run-marks';

export class SearchAttributes {
  private isKnown: boolean;
  private readonly stepsBefore: readonly string[];
  private shown: RunMarks & { readonly costUsd: number };

  constructor() {
    const { typedSearchAttributes: carried } = workflowInfo();
    this.isKnown = carried.get(keys.pipeline) !== undefined;
    // As the server stores them: a run that continues another one begins with what that one showed last.
    this.stepsBefore = carried.get(keys.step) ?? [];
    this.shown = {
      degraded: carried.get(keys.degraded) ?? false,
      waitingFor: (carried.get(keys.waitingFor) ?? []) as RunMarks['waitingFor'],
      steps: this.stepsBefore,
      costUsd: carried.get(keys.costUsd) ?? 0,
    };
  }

  /** A worker says that the server knows the attributes, in a run whose start did not carry them. */
  learn({ pipeline, tenant }: Pick<RunStatus, 'pipeline' | 'tenant'>): void {
    if (this.isKnown) return;
    this.isKnown = true;
    upsertSearchAttributes([
      { key: keys.pipeline, value: pipeline },
      { key: keys.tenant, value: tenant },
      { key: keys.degraded, value: false },
      { key: keys.costUsd, value: 0 },
    ]);
  }

  /** What changed, when it is worth an event. */
  show(status: RunStatus, isLast = false): void {
    if (!this.isKnown) return;
    const next = { ...runMarksOf(status, this.stepsBefore), costUsd: roundedUsd(status.totals.costUsd) };
    const { degraded, waitingFor } = this.shown;
    const isWorthIt = next.degraded !== degraded || !isSame(next.waitingFor, waitingFor);
    if (!isWorthIt && !isLast) return;
    const updates = this.updatesTo(next);
    if (updates.length > 0) upsertSearchAttributes(updates);
    this.shown = next;
  }

  /** What a part of the run starts with, where the run has any. */
  ofChild(step?: string): SearchAttributePair[] | undefined {
    const { typedSearchAttributes: own } = workflowInfo();
    const [pipeline, tenant] = [own.get(keys.pipeline), own.get(keys.tenant)];
    if (!this.isKnown || pipeline === undefined || tenant === undefined) return undefined;
    return [
      { key: keys.pipeline, value: pipeline },
      { key: keys.tenant, value: tenant },
      ...(step === undefined ? [] : [{ key: keys.step, value: [step] }]),
    ];
  }

  private updatesTo(next: SearchAttributes['shown']): SearchAttributeUpdatePair[] {
    const { shown } = this;
    return [
      ...(next.degraded === shown.degraded ? [] : [{ key: keys.degraded, value: next.degraded }]),
      ...(isSame(next.waitingFor, shown.waitingFor) ? [] : [listPair(keys.waitingFor, next.waitingFor)]),
      ...(isSame(next.steps, shown.steps) ? [] : [listPair(keys.step, next.steps)]),
      ...(next.costUsd === shown.costUsd ? [] : [{ key: keys.costUsd, value: next.costUsd }]),
    ];
  }
}

/** An empty list takes the attribute away: the run is then found by its being absent. */
function listPair(
  key: typeof keys.step | typeof keys.waitingFor,
  values: readonly string[],
): SearchAttributeUpdatePair {
  return { key, value: values.length === 0 ? null : [...values] };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** Sums of tiny prices carry the noise of binary fractions, which costs bytes and changes nothing. */
function roundedUsd(usd: number): number {
  return Number(usd.toFixed(6));
}
