/** What config/holdfast.yaml ships; a test holds them together. */
import type { CapacitySettings } from '../../src/contracts/settings';

export const capacitySettings: CapacitySettings = {
  maxWaitMs: { interactive: 10_000, batch: 10_000 },
  batchAheadMs: 500,
  batchMinimumShare: 0.1,
  standardMinimumShare: 0.1,
  interactiveFloorShare: 0.1,
  tenants: {},
  defaultTenant: { weight: 1, priority: 'standard' },
  onStoreDown: { interactive: 'localShare', batch: 'wait' },
  limitsVersion: 1,
  leaseMs: 30_000,
  jitterMs: 50,
  retryBudgetShare: 0.1,
  retryBudgetFloor: 10,
};
