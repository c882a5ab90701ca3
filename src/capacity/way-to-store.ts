/** The way of one pool to the store: who asks it when, what it missed while it was gone, and how it comes back. */
import type { StoreDownPolicy } from '../contracts/settings';
import type { HoldfastError } from '../errors';
import { isStoreUnavailable, MissedEndings } from './missed-endings';
import { probeEveryMs, StoreOutage } from './store-outage';
import type { CapacityStore } from './store';

export interface WayToStoreOptions {
  readonly store: CapacityStore;
  /** Tells the store of the calls in flight that it did not grant. */
  readonly handOver: () => Promise<unknown>;
  /** Told when the store is lost, with the error, and when it is back, without one. */
  readonly onChange: (error?: HoldfastError) => void;
  readonly now: () => number;
}

export class WayToStore {
  readonly #options: WayToStoreOptions;
  readonly #outage = new StoreOutage();
  readonly #missed: MissedEndings;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: WayToStoreOptions) {
    this.#options = options;
    this.#missed = new MissedEndings(options.store, options.now);
  }

  get isUp(): boolean {
    return this.#outage.isUp;
  }

  /** When the store was lost for the last time. */
  get downSinceMs(): number {
    return this.#outage.sinceMs;
  }

  /** What the store answers; undefined when it does not and the policy is not to wait for it. */
  async ask<T>(policy: StoreDownPolicy, operation: () => Promise<T>): Promise<T | undefined> {
    const { now, onChange } = this.#options;
    if (policy === 'localShare' && !this.#outage.mayAsk(now())) return undefined;
    try {
      const answer = await operation();
      if (this.#outage.answered()) void this.#catchUp();
      return answer;
    } catch (error) {
      if (!isStoreUnavailable(error)) {
        this.#outage.unclear();
        throw error;
      }
      if (this.#outage.failed(now())) onChange(error);
      if (policy === 'wait') throw error;
      return undefined;
    }
  }

  /** Keeps what the store has to be told once it is back. */
  keep(add: (missed: MissedEndings) => void): void {
    add(this.#missed);
    this.#lookAgain();
  }

  /** Stops looking for a store that is down. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Before the store grants with the whole limits again, it learns which of our calls hold a slot, and what it missed. */
  async #catchUp(): Promise<void> {
    const { handOver, onChange, now } = this.#options;
    try {
      await handOver();
      await this.#missed.send();
    } catch (error) {
      // A defect stands in nobody's way: the next operation will tell of it.
      if (isStoreUnavailable(error)) this.#outage.failed(now());
    }
    this.#outage.caughtUp();
    if (this.isUp) onChange();
    if (this.#missed.size > 0) this.#lookAgain();
  }

  /** Finds out that the store is back also when no call comes by. */
  #lookAgain(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => void this.#look(), probeEveryMs).unref();
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    await this.ask('localShare', () => this.#missed.send());
    if (this.#missed.size > 0) this.#lookAgain();
  }
}
