/** Heartbeats a whole activity, so that the death of its worker is noticed within seconds and a cancellation arrives. */
import { heartbeat } from '@temporalio/activity';

/** A third of the heartbeat timeout (10 s): two may be lost. Far below the lease of a reservation (30 s). */
const everyMs = 3_000;

/** Starts now; the returned function ends it. `also` is done with each beat, e.g. a lease renewed. */
export function keepAlive(also?: () => void): () => void {
  heartbeat();
  const timer = setInterval(() => {
    heartbeat();
    also?.();
  }, everyMs);
  return () => clearInterval(timer);
}
