/**
 * One batch at work, whatever the provider calls its states:
 *
 *   validating ──▶ running ──▶ finalizing ──▶ ended: completed
 *       │             ├─ cancelled by the client ─▶ ended: cancelled, with what was done so far
 *       │             └─ its time is over ────────▶ ended: expired, with what was done so far
 *       └─ refused ─▶ ended: failed, nothing was run
 *
 * It goes on by timers of its own whether anybody looks or not: a tenth of its time is validation, a tenth the end.
 */
import type { Clock } from '../clock';
import type { Random } from '../random';
import type { BatchSettings } from './batch-settings';

export type BatchState = 'validating' | 'running' | 'finalizing' | 'cancelling' | 'ended';
export type BatchEnd = 'completed' | 'failed' | 'expired' | 'cancelled';

/** One request of a batch and, once it is over, its line in the results. */
export interface BatchItem {
  readonly customId: string;
  readonly body: unknown;
  readonly inputTokens: number;
}

export type ItemEnd = 'succeeded' | 'errored' | 'expired' | 'cancelled';

export interface ItemResult {
  readonly end: ItemEnd;
  /** As it stands in the results; undefined: it was lost. */
  readonly line: string | undefined;
}

export interface BatchError {
  readonly code: string;
  readonly message: string;
  /** Of the input, 1 first. */
  readonly line?: number;
}

export interface JobOptions {
  readonly id: string;
  readonly items: readonly BatchItem[];
  readonly settings: BatchSettings;
  readonly speed: number;
  readonly clock: Clock;
  readonly random: Random;
  /** What validation will say. */
  readonly errors: readonly BatchError[];
  /** Part of the requests that are run before it expires; absent = all. */
  readonly expiresAfterShare?: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly run: (item: BatchItem) => ItemResult;
  readonly lineOfUnrun: (item: BatchItem, end: 'expired' | 'cancelled') => string;
  readonly onEnded?: (job: BatchJob) => void;
}

const steps = 8;
/** What a batch may take: only for what it says of itself. */
export const windowMs = 24 * 3_600_000;

export class BatchJob {
  state: BatchState = 'validating';
  end: BatchEnd | undefined;
  readonly createdAtMs: number;
  /** When each state was reached. */
  readonly reachedAtMs: Partial<Record<BatchState, number>> = {};
  readonly counts: Record<ItemEnd, number> = { succeeded: 0, errored: 0, expired: 0, cancelled: 0 };
  /** In the order in which they were done. */
  readonly results: ItemResult[] = [];
  private readonly queue: BatchItem[];

  constructor(readonly options: JobOptions) {
    this.createdAtMs = options.clock.now();
    this.queue = options.settings.isInOrder ? [...options.items] : shuffled(options.items, options.random);
    this.later(() => this.begin(), 1);
  }

  get total(): number {
    return this.options.items.length;
  }

  get isOver(): boolean {
    return this.state === 'ended';
  }

  get processing(): number {
    const { succeeded, errored, expired, cancelled } = this.counts;
    return this.total - succeeded - errored - expired - cancelled;
  }

  cancel(): void {
    if (this.isOver || this.state === 'finalizing') return;
    this.reach('cancelling');
    this.later(() => this.finish('cancelled'), 1);
  }

  private begin(): void {
    if (this.state !== 'validating') return;
    if (this.options.errors.length > 0) {
      this.finish('failed');
      return;
    }
    this.reach('running');
    this.later(() => this.work(), 1);
  }

  private work(): void {
    if (this.state !== 'running') return;
    const { expiresAfterShare = 1 - this.options.settings.expireShare } = this.options;
    const reachable = Math.floor(this.total * expiresAfterShare);
    const most = Math.min(Math.ceil(this.total / steps), reachable - this.results.length);
    for (const item of this.queue.splice(0, most)) this.record(this.options.run(item));
    if (this.results.length < reachable) {
      this.later(() => this.work(), 1);
      return;
    }
    this.reach('finalizing');
    this.later(() => this.finish(this.queue.length === 0 ? 'completed' : 'expired'), 1);
  }

  private finish(end: BatchEnd): void {
    if (this.isOver) return;
    if (end === 'expired' || end === 'cancelled') {
      for (const item of this.queue.splice(0)) {
        this.record({ end, line: this.options.lineOfUnrun(item, end) });
      }
    }
    this.end = end;
    this.reach('ended');
    this.options.onEnded?.(this);
  }

  private record(result: ItemResult): void {
    this.results.push(result);
    this.counts[result.end] += 1;
  }

  private reach(state: BatchState): void {
    this.state = state;
    this.reachedAtMs[state] = this.options.clock.now();
  }

  /** After one of the ten parts of its time. */
  private later(act: () => void, parts: number): void {
    const { settings, speed } = this.options;
    setTimeout(act, (settings.processingMs / speed / (steps + 2)) * parts).unref();
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = random.int(0, last);
    const [a, b] = [mixed[last], mixed[other]];
    if (a !== undefined && b !== undefined) [mixed[last], mixed[other]] = [b, a];
  }
  return mixed;
}
