/** The pool that is measured, and the reserve requests on it. */
import type { CapacityCandidate, ReserveRequest } from '../../src/contracts/capacity';
import type { CapacitySettings, Limits } from '../../src/contracts/settings';
import { capacitySettings } from '../capacity/capacity-settings';
import type { Cell } from './cells';

/** All three dimensions are kept, so every call pays for pacing, ledger and leases. */
const limits = {
  open: { rpm: 600_000_000, tpm: 600_000_000_000, concurrency: 10_000_000 },
  full: { rpm: 900, tpm: 150_000, concurrency: 10_000 },
} as const satisfies Record<Cell['load'], Limits>;

const tokens = 450;

export const benchSettings: CapacitySettings = {
  ...capacitySettings,
  // Longer than any run: what is alive stays alive.
  leaseMs: 3_600_000,
  onStoreDown: { interactive: 'wait', batch: 'wait' },
};

export function candidatesOf({ endpoints, load }: Pick<Cell, 'endpoints' | 'load'>): readonly CapacityCandidate[] {
  return Array.from({ length: endpoints }, (_, index) => {
    const endpoint = `endpoint-${String(index + 1).padStart(2, '0')}`;
    return { endpoint, quotaGroup: endpoint, limits: limits[load], cost: { tokens } };
  });
}

export function requestFor(rid: string, candidates: readonly CapacityCandidate[]): ReserveRequest {
  const maxWaitMs = benchSettings.maxWaitMs.interactive;
  return { rid, pool: 'smart', candidates, lane: 'interactive', tenant: 'acme', maxWaitMs };
}
