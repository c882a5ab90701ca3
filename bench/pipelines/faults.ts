/** What every pipeline has to live through. The draws of a fault are the simulator's, by its seed. */
import type { FaultInput, SimulatorControl } from '../../src/simulator';

export const faultNames = [
  'none',
  'primaryDead',
  'primaryThrottled',
  'invalidJson',
  'contentFilter',
  'reviewerLate',
] as const;
/** `none` to compare with; `reviewerLate` is the scenario's own to play. */
export type FaultName = (typeof faultNames)[number];

export interface FaultTarget {
  /** Endpoints of the pool that is asked first. */
  readonly primary: readonly string[];
  /** Share of the calls that meet a fault which comes and goes. Default 0.3. */
  readonly share?: number;
  /** How long the throttled primary asks to stay away, ms. Default 2,000. */
  readonly retryInMs?: number;
}

export async function putFault(
  simulator: SimulatorControl,
  fault: FaultName,
  { primary, share = 0.3, retryInMs = 2_000 }: FaultTarget,
): Promise<void> {
  const inputs: Record<FaultName, FaultInput | undefined> = {
    none: undefined,
    reviewerLate: undefined,
    primaryDead: { kind: 'status', status: 503 },
    primaryThrottled: { kind: 'rateLimit', retryInMs, probability: 0.8 },
    invalidJson: { kind: 'invalidJson', probability: share },
    contentFilter: { kind: 'promptBlocked', probability: share },
  };
  const input = inputs[fault];
  if (input === undefined) return;
  for (const endpoint of primary) await simulator.addFault({ ...input, endpoint });
}
