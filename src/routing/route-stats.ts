/**
 * What strategies know about endpoints, kept per process. Asking never waits: it answers what was seen last, at most
 * about a second old while calls keep coming, and looks again in the background.
 */
import type { CapacityCandidate, PoolReading } from '../contracts/capacity';
import { readingOf } from './route-reading';
import type { RouteReading } from './route-reading';

type Inspected = Pick<CapacityCandidate, 'endpoint' | 'quotaGroup' | 'limits'>;

/** The part of the capacity store that is needed here. */
export interface PoolInspector {
  inspect(pool: string, endpoints: readonly Inspected[]): Promise<PoolReading>;
}

export interface RouteStats {
  /** Readings by endpoint; empty until the first look has answered. */
  of(pool: string, endpoints: readonly Inspected[]): ReadonlyMap<string, RouteReading>;
}

/** Shorter would cost the store one look per call, longer would let a failing endpoint be preferred for longer. */
const freshForMs = 1_000;

interface Seen {
  readings: ReadonlyMap<string, RouteReading>;
  askedAtMs: number;
  isAsking: boolean;
}

/** `nowMs` is monotonic. */
export function createRouteStats(inspector: PoolInspector, nowMs = () => performance.now()): RouteStats {
  const pools = new Map<string, Seen>();

  async function look(pool: string, endpoints: readonly Inspected[], seen: Seen): Promise<void> {
    try {
      const reading = await inspector.inspect(pool, endpoints);
      seen.readings = new Map(reading.endpoints.map((endpoint) => [endpoint.endpoint, readingOf(endpoint)]));
    } catch {
      // A store that is down fails the reserve itself, with a type; here the last readings are as good as any.
    } finally {
      seen.isAsking = false;
    }
  }

  return {
    of(pool, endpoints) {
      const seen = pools.get(pool) ?? { readings: new Map(), askedAtMs: Number.NEGATIVE_INFINITY, isAsking: false };
      pools.set(pool, seen);
      if (!seen.isAsking && nowMs() - seen.askedAtMs >= freshForMs) {
        seen.askedAtMs = nowMs();
        seen.isAsking = true;
        void look(pool, endpoints, seen);
      }
      return seen.readings;
    },
  };
}
