/** What routing knows about an endpoint, or about the endpoints of a pool together. */
import type { EndpointReading } from '../contracts/capacity';

export interface RouteReading {
  /** Settled calls, of them failed ones, both fading with a half-life of ten minutes. */
  readonly calls: number;
  readonly faults: number;
  /** Mean over the last 100 calls. */
  readonly latencyMs?: number;
  /** Mean cost of a call, US dollars. */
  readonly costUsd?: number;
}

export function readingOf({ calls, faults, latencyMs, costUsd }: EndpointReading): RouteReading {
  return {
    calls,
    faults,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(costUsd === undefined ? {} : { costUsd }),
  };
}

/** Several endpoints as one: sums, and means weighted by calls. */
export function joinReadings(readings: readonly RouteReading[]): RouteReading {
  const latencyMs = meanOf(readings, 'latencyMs');
  const costUsd = meanOf(readings, 'costUsd');
  return {
    calls: readings.reduce((sum, { calls }) => sum + calls, 0),
    faults: readings.reduce((sum, { faults }) => sum + faults, 0),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(costUsd === undefined ? {} : { costUsd }),
  };
}

function meanOf(readings: readonly RouteReading[], field: 'latencyMs' | 'costUsd'): number | undefined {
  const known = readings.filter((reading) => reading[field] !== undefined && reading.calls > 0);
  const calls = known.reduce((sum, reading) => sum + reading.calls, 0);
  if (calls === 0) return undefined;
  return known.reduce((sum, reading) => sum + (reading[field] ?? 0) * reading.calls, 0) / calls;
}
