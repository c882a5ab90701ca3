/** The capacity store: five idempotent operations and a look on one shared truth. Implemented on Redis in `redis-store.ts`. */
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

/**
 * Every operation is idempotent by reservation id, runs as one script on the store's clock, and fails with
 * `Capacity.StoreUnavailable` when the store does not answer within 450 ms.
 */
export interface CapacityStore {
  /**
   * Claims a start on one of the candidates, or changes nothing. Sent again, it answers the same claim; a negative
   * `startInMs` then tells how long ago its start was, and such a claim has to be confirmed.
   * Throws `Capacity.RequestTooLarge` when no candidate could ever admit the cost, `Config.Invalid` for limits that admit nothing.
   */
  reserve(request: ReserveRequest): Promise<ReserveAnswer>;
  /**
   * Extends the lease of a claim. One whose start has passed, or lies in a pause that came later, gets a new start
   * behind everyone who is booked; `spent` when that would be later than the caller's `maxWaitMs`.
   */
  confirm(reservation: Reservation): Promise<ConfirmAnswer>;
  /** Extends the lease to now + leaseMs, and makes it again when the store has lost it. False when it is spent. */
  renew(reservation: Reservation): Promise<boolean>;
  /** Ends a reservation whose call was made: frees the slot, replaces the estimate. Sent twice, it counts once. */
  settle(settlement: Settlement): Promise<void>;
  /** Ends a reservation whose call was not made, or leaves the queue: gives start, tokens, slot and place back. */
  release(claim: Pick<Reservation, 'rid' | 'pool'>): Promise<void>;
  /**
   * Puts limits in force under the next version and answers it. Workers whose config has a lower `limitsVersion` cannot
   * put theirs back.
   */
  setLimits(change: LimitChange): Promise<number>;
  /** How a pool stands. Changes nothing. */
  inspect(
    pool: string,
    endpoints: readonly Pick<CapacityCandidate, 'endpoint' | 'quotaGroup' | 'limits'>[],
  ): Promise<PoolReading>;
}
