/** The capacity store: five idempotent operations on one shared truth. Implemented on Redis in `redis-store.ts`. */
import type { ConfirmAnswer, Reservation, ReserveAnswer, ReserveRequest, Settlement } from '../contracts/capacity';

/**
 * Every operation is idempotent by reservation id, runs as one script on the store's clock, and fails with
 * `Capacity.StoreUnavailable` when the store does not answer within 450 ms.
 */
export interface CapacityStore {
  /**
   * Claims a start on one of the candidates, or changes nothing.
   * Throws `Capacity.RequestTooLarge` when no candidate could ever admit the cost, `Config.Invalid` for limits that admit nothing.
   */
  reserve(request: ReserveRequest): Promise<ReserveAnswer>;
  /** Re-bases a claim whose start has passed; extends its lease. */
  confirm(reservation: Reservation): Promise<ConfirmAnswer>;
  /** Extends the lease to now + leaseMs. False when the reservation is spent. */
  renew(reservation: Reservation): Promise<boolean>;
  /** Ends a reservation whose call was made: frees the slot, replaces the estimate. Sent twice, it counts once. */
  settle(settlement: Settlement): Promise<void>;
  /** Ends a reservation whose call was not made: gives everything back that was not yet due. */
  release(reservation: Reservation): Promise<void>;
}
