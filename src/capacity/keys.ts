/**
 * Names of the keys a script is given. Everything else it touches is named by the script itself and begins with the
 * same root: all keys of one group of pools carry its hash tag, so they live in one slot of a Redis Cluster.
 */
export interface CapacityKeys {
  /** A hash; the scripts derive their other keys from its name (see `scripts/shared/state.lua`). */
  readonly state: string;
  reservation(rid: string): string;
}

/**
 * Raised with every change of what the scripts keep, so that they never meet a state they cannot read. Workers of two
 * layouts keep two ledgers of one quota: end the old ones before the new ones start, or halve the limits meanwhile.
 */
const layout = 2;

export function capacityKeys(keyPrefix: string, tag: string): CapacityKeys {
  const root = `${keyPrefix}{${encodeURIComponent(tag)}}:${layout}:`;
  return { state: `${root}state`, reservation: (rid) => `${root}rid:${rid}` };
}
