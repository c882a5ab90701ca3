/** What one holder holds and has counted, and how long the store made it wait. */
import { HoldfastError } from '../../src/errors';
import { noCounts } from './messages';
import type { Claims, HolderCounts, HolderLook } from './messages';

/** A timer that is this late tells that the process itself did not run. */
const lagMs = 30;
const tickMs = 20;

export class Holder {
  readonly counts: HolderCounts = noCounts();
  readonly #claims = new Map<string, { booked: number; started: number }>();
  #changes = 0;
  /** Time in which this process was stopped or had no processor, ms. */
  #missedMs = 0;

  constructor() {
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      const missed = now - last - tickMs;
      if (missed > lagMs) this.#missedMs += missed;
      last = now;
    }, tickMs).unref();
  }

  claim(endpoint: string, change: Partial<Record<keyof Claims, number>>): void {
    const claims = this.#claims.get(endpoint) ?? { booked: 0, started: 0 };
    claims.booked += change.booked ?? 0;
    claims.started += change.started ?? 0;
    this.#claims.set(endpoint, claims);
    this.#changes += 1;
  }

  look(): HolderLook {
    const claims = Object.fromEntries([...this.#claims].map(([endpoint, held]) => [endpoint, { ...held }]));
    return { claims, changes: this.#changes, counts: { ...this.counts, failures: { ...this.counts.failures } } };
  }

  fail(type: string): void {
    this.counts.failures[type] = (this.counts.failures[type] ?? 0) + 1;
  }

  /** One operation of the store; undefined when it was not available, any other failure is thrown. */
  async ask<T>(operation: () => Promise<T>): Promise<T | undefined> {
    const { counts } = this;
    const startedAt = performance.now();
    const missedBefore = this.#missedMs;
    counts.storeCalls += 1;
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.type !== 'Capacity.StoreUnavailable') throw error;
      counts.storeUnavailable += 1;
      return undefined;
    } finally {
      const waitedMs = performance.now() - startedAt - (this.#missedMs - missedBefore);
      counts.longestStoreMs = Math.max(counts.longestStoreMs, Math.round(waitedMs));
    }
  }
}
