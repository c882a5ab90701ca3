/**
 * Settlements and releases that the store could not be told, kept until it answers again. They are idempotent by rid, so
 * one that had arrived after all does no harm. What is lost with this process, or because there are too many, lapses by
 * its lease.
 */
import type { Reservation, Settlement } from '../contracts/capacity';
import { HoldfastError } from '../errors';
import type { CapacityStore } from './store';

type Ending =
  | { readonly kind: 'settle'; readonly settlement: Settlement; readonly atMs: number }
  | { readonly kind: 'release'; readonly claim: Pick<Reservation, 'rid' | 'pool'> };

const maxEndings = 1_000;
const sentAtOnce = 50;

export class MissedEndings {
  readonly #store: CapacityStore;
  readonly #now: () => number;
  /** One per rid, the oldest first. */
  readonly #endings = new Map<string, Ending>();

  constructor(store: CapacityStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  get size(): number {
    return this.#endings.size;
  }

  keepSettlement(settlement: Settlement): void {
    this.#keep(settlement.rid, { kind: 'settle', settlement, atMs: this.#now() });
  }

  keepRelease({ rid, pool }: Pick<Reservation, 'rid' | 'pool'>): void {
    this.#keep(rid, { kind: 'release', claim: { rid, pool } });
  }

  /**
   * Sends what is kept now, the oldest alone, then the others side by side. Throws what the store throws; what was not
   * sent is kept.
   */
  async send(): Promise<void> {
    const [oldest, ...others] = this.#endings;
    if (oldest !== undefined) await this.#sendOne(...oldest);
    for (let from = 0; from < others.length; from += sentAtOnce) {
      await Promise.all(others.slice(from, from + sentAtOnce).map((each) => this.#sendOne(...each)));
    }
  }

  async #sendOne(rid: string, ending: Ending): Promise<void> {
    try {
      if (ending.kind === 'release') await this.#store.release(ending.claim);
      else await this.#store.settle(withoutPassed(ending.settlement, this.#now() - ending.atMs));
    } catch (error) {
      // What the store refuses, it will refuse again: it must not stand in the way of the others.
      if (isStoreUnavailable(error)) throw error;
    }
    // It may have been replaced by a newer one meanwhile.
    if (this.#endings.get(rid) === ending) this.#endings.delete(rid);
  }

  #keep(rid: string, ending: Ending): void {
    this.#endings.delete(rid);
    this.#endings.set(rid, ending);
    for (const oldest of this.#endings.keys()) {
      if (this.#endings.size <= maxEndings) return;
      this.#endings.delete(oldest);
    }
  }
}

export function isStoreUnavailable(error: unknown): error is HoldfastError {
  return error instanceof HoldfastError && error.type === 'Capacity.StoreUnavailable';
}

/** A pause began when the provider asked for it, not when the store is told. */
function withoutPassed(settlement: Settlement, passedMs: number): Settlement {
  const { blockedForMs } = settlement;
  if (blockedForMs === undefined) return settlement;
  return { ...settlement, blockedForMs: Math.max(0, blockedForMs - passedMs) };
}
