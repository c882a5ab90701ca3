/** Settings of the capacity store in tests that bring no configuration. */
import type { CapacitySettings } from '../../src/contracts/settings';

export const capacitySettings: CapacitySettings = {
  maxWaitMs: { interactive: 10_000, batch: 2_000 },
  leaseMs: 30_000,
  jitterMs: 50,
  retryBudgetShare: 0.1,
  retryBudgetFloor: 10,
  batchAheadMs: 500,
  batchMinimumShare: 0.1,
  standardMinimumShare: 0.1,
  interactiveFloorShare: 0.1,
  tenants: {},
  defaultTenant: { weight: 1, priority: 'standard' },
  onStoreDown: { interactive: 'wait', batch: 'wait' },
  limitsVersion: 1,
};
