/**
 * Names of the keys. All keys that one script touches carry the hash tag of their group of pools, so that they live
 * in one slot of a Redis Cluster. The kind stands before the name, so no name can run into another's key.
 */
export interface CapacityKeys {
  readonly clock: string;
  reservation(rid: string): string;
  budget(pool: string): string;
  /** In the order `scripts/shared/group.lua` reads them. */
  group(quotaGroup: string, endpoint: string): readonly string[];
}

export function capacityKeys(keyPrefix: string, tag: string): CapacityKeys {
  const root = `${keyPrefix}{${encodeURIComponent(tag)}}:`;
  return {
    clock: `${root}clock`,
    reservation: (rid) => `${root}rid:${rid}`,
    budget: (pool) => `${root}budget:${pool}`,
    group: (quotaGroup, endpoint) => [
      `${root}state:${quotaGroup}`,
      `${root}pause:${quotaGroup}`,
      `${root}closed:${endpoint}`,
      `${root}order:${quotaGroup}`,
      `${root}window:${quotaGroup}`,
      `${root}leases:${quotaGroup}`,
      `${root}freed:${quotaGroup}`,
    ],
  };
}
