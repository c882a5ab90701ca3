/**
 * A capacity store that knows what to do while the store behind it does not answer. By the pool's `onStoreDown`, or the
 * lane's:
 *
 * - `wait`: the error stands; callers wait durably and come again with the same rid;
 * - `localShare`: this process grants its paced part of half the limits (`local-share.ts`). Claims of the store go on
 *   while their calls are in flight; one that has yet to start answers `spent`, so its caller reserves anew.
 *
 * Nothing goes out unlimited in either, and nothing waits for a store that is known to be gone (`store-outage.ts`).
 */
import type {
  CapacityCandidate,
  ConfirmAnswer,
  LimitChange,
  PoolReading,
  Reservation,
  ReserveAnswer,
  ReserveRequest,
  Settlement,
} from '../contracts/capacity';
import {
  lanes,
  type CapacitySettings,
  type Lane,
  type PoolSettings,
  type StoreDownPolicy,
} from '../contracts/settings';
import type { HoldfastError } from '../errors';
import { checkSettlement } from './check-request';
import { LocalShare } from './local-share';
import { isStoreUnavailable, type MissedEndings } from './missed-endings';
import type { CapacityStore } from './store';
import { WayToStore } from './way-to-store';

export interface StorePolicyOptions {
  readonly pools: Readonly<Record<string, Pick<PoolSettings, 'onStoreDown'>>>;
  readonly capacity: Pick<CapacitySettings, 'onStoreDown' | 'leaseMs' | 'jitterMs'>;
  /** Processes that share the limits, this one included: see `live-workers.ts`. */
  readonly liveWorkers: () => number;
  /** Told when a pool loses the store, with the error, and when it has it back, without one. */
  readonly onChange?: (pool: string, error?: HoldfastError) => void;
  /** Monotonic, ms. Default: the process's clock. */
  readonly now?: () => number;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

export interface PolicyStore extends CapacityStore {
  /** Stops looking for a store that is down. */
  close(): void;
}

/** `onStoreDown` of pools that are not among `pools` is that of the lane. */
export function withStorePolicy(store: CapacityStore, options: StorePolicyOptions): PolicyStore {
  return new StoreWithPolicy(store, options);
}

class StoreWithPolicy implements PolicyStore {
  readonly #store: CapacityStore;
  readonly #options: StorePolicyOptions;
  readonly #now: () => number;
  readonly #local: LocalShare;
  readonly #ways = new Map<string, WayToStore>();

  constructor(store: CapacityStore, options: StorePolicyOptions) {
    this.#store = store;
    this.#options = options;
    this.#now = options.now ?? monotonicMs;
    const { random = Math.random, capacity, liveWorkers } = options;
    const { leaseMs, jitterMs } = capacity;
    this.#local = new LocalShare({ leaseMs, jitterMs, liveWorkers, random, now: this.#now });
  }

  async reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    const way = this.#wayOf(request.pool);
    if (this.#local.owns(request.rid)) return this.#local.reserve(request, way.downSinceMs);
    const policy = this.#policyOf(request.pool, request.lane);
    const answer = await way.ask(policy, () => this.#store.reserve(request));
    if (answer !== undefined) {
      if (answer.kind === 'granted') this.#holdSlot(answer.reservation);
      return answer;
    }
    const own = this.#local.reserve(request, way.downSinceMs);
    // An operation that failed may have been done, and a rid may stand in the store's queue: neither has an owner now.
    if (own.kind === 'granted') way.keep((missed) => missed.keepRelease(request));
    return own;
  }

  async confirm(reservation: Reservation): Promise<ConfirmAnswer> {
    const { rid, pool } = reservation;
    const way = this.#wayOf(pool);
    if (this.#local.owns(rid)) {
      if (!way.isUp) return this.#local.confirm(rid, way.downSinceMs);
      // The store has the whole limits again and knows nothing of this start.
      await this.release(reservation);
      return { kind: 'spent' };
    }
    const answer = await way.ask(this.#policyOf(pool), () => this.#store.confirm(reservation));
    if (answer === undefined) {
      this.#local.end(rid);
      way.keep((missed) => missed.keepRelease(reservation));
      return { kind: 'spent' };
    }
    if (answer.kind === 'confirmed') this.#holdSlot({ ...reservation, ...answer });
    else this.#local.end(rid);
    return answer;
  }

  async renew(reservation: Reservation): Promise<boolean> {
    const { rid, pool } = reservation;
    const way = this.#wayOf(pool);
    if (this.#local.owns(rid)) {
      const isStanding = this.#local.renew(rid);
      const isForStore = way.isUp && this.#local.holdsSlot(rid);
      if (isForStore) await way.ask('localShare', () => this.#handOver(reservation));
      return isStanding;
    }
    const isStanding = await way.ask(this.#policyOf(pool), () => this.#store.renew(reservation));
    if (isStanding === false) return false;
    // Without an answer the call goes on: it has been sent.
    this.#holdSlot({ ...reservation, startInMs: 0 });
    return true;
  }

  async settle(settlement: Settlement): Promise<void> {
    checkSettlement(settlement);
    this.#local.pause(settlement);
    await this.#end(settlement, {
      isCall: true,
      tell: (store, as) => store.settle({ ...settlement, rid: as }),
      keep: (missed, as) => missed.keepSettlement({ ...settlement, rid: as }),
    });
  }

  async release(claim: Pick<Reservation, 'rid' | 'pool'>): Promise<void> {
    const { pool } = claim;
    await this.#end(claim, {
      isCall: false,
      tell: (store, as) => store.release({ pool, rid: as }),
      keep: (missed, as) => missed.keepRelease({ pool, rid: as }),
    });
  }

  setLimits(change: LimitChange): Promise<number> {
    return this.#store.setLimits(change);
  }

  inspect(
    pool: string,
    endpoints: readonly Pick<CapacityCandidate, 'endpoint' | 'quotaGroup' | 'limits'>[],
  ): Promise<PoolReading> {
    return this.#store.inspect(pool, endpoints);
  }

  close(): void {
    for (const way of this.#ways.values()) way.close();
  }

  async #end({ rid, pool }: Pick<Reservation, 'rid' | 'pool'>, { isCall, tell, keep }: Ending): Promise<void> {
    const way = this.#wayOf(pool);
    const isOurs = this.#local.owns(rid);
    // What a call of ours has used counts in the store's ledger too.
    const isKnown = !isOurs || isCall || this.#local.isHandedOver(rid);
    this.#local.end(rid);
    if (!isKnown) return;
    const as = isOurs ? handedOverRid(rid) : rid;
    const told = async (): Promise<true> => {
      await tell(this.#store, as);
      return true;
    };
    const policy = this.#policyOf(pool);
    try {
      if (await way.ask(policy, told)) return;
      way.keep((missed) => keep(missed, as));
    } catch (error) {
      // Not every caller comes again.
      if (isStoreUnavailable(error)) way.keep((missed) => keep(missed, as));
      throw error;
    }
  }

  /** Under a rid of its own: the store may have granted this one to nobody when the operation failed. */
  async #handOver(reservation: Reservation): Promise<true> {
    this.#local.handOver(reservation.rid);
    await this.#store.renew({ ...reservation, rid: handedOverRid(reservation.rid) });
    return true;
  }

  #holdSlot({ rid, quotaGroup, startInMs, leaseMs }: Reservation): void {
    this.#local.hold(rid, { quotaGroup, forMs: startInMs + leaseMs });
  }

  /** Without a lane: `localShare` if any lane has it, because `spent` sends the caller to `reserve`, where its lane counts. */
  #policyOf(pool: string, lane?: Lane): StoreDownPolicy {
    const { pools, capacity } = this.#options;
    const ofPool = Object.hasOwn(pools, pool) ? pools[pool]?.onStoreDown : undefined;
    if (ofPool !== undefined) return ofPool;
    if (lane !== undefined) return capacity.onStoreDown[lane];
    return lanes.some((each) => capacity.onStoreDown[each] === 'localShare') ? 'localShare' : 'wait';
  }

  #wayOf(pool: string): WayToStore {
    const way =
      this.#ways.get(pool) ??
      new WayToStore({
        store: this.#store,
        handOver: () => Promise.all(this.#local.inFlight(pool).map((each) => this.#handOver(each))),
        onChange: (error) => this.#options.onChange?.(pool, error),
        now: this.#now,
      });
    this.#ways.set(pool, way);
    return way;
  }
}

interface Ending {
  /** A call was made, and has used something. */
  readonly isCall: boolean;
  tell(store: CapacityStore, as: string): Promise<void>;
  keep(missed: MissedEndings, as: string): void;
}

function handedOverRid(rid: string): string {
  return `${rid}/local`;
}

/** Like the wall clock, but never set back. */
function monotonicMs(): number {
  return performance.timeOrigin + performance.now();
}
