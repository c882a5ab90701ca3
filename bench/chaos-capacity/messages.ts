/** What the run and its holders tell each other. */

/** What a holder is started with. */
export interface HolderOrder {
  /** Unique in the run: begins its reservation ids and is part of its seed. */
  readonly name: string;
  readonly seed: number;
  readonly configFile: string;
  readonly redisUrl: string;
  readonly callsPerSecond: number;
}

export type Order =
  | { readonly kind: 'look'; readonly id: number }
  /** No new calls from now on; what is held is ended in its own time. */
  | { readonly kind: 'drain' }
  /** That process stands still until the next such order: if the run dies meanwhile, nobody else would end it. */
  | { readonly kind: 'watch'; readonly pid: number | null };

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'look'; readonly id: number; readonly look: HolderLook }
  | { readonly kind: 'failed'; readonly message: string };

/** What a holder holds on one endpoint. */
export interface Claims {
  /** Granted, not yet due. */
  readonly booked: number;
  /** Due or sent, not yet ended at the store. */
  readonly started: number;
}

export interface HolderLook {
  readonly claims: Readonly<Record<string, Claims>>;
  /** Raised with each change of `claims`: two looks with one number have seen the same. */
  readonly changes: number;
  readonly counts: HolderCounts;
}

/** How often each path was taken. */
export interface HolderCounts {
  wished: number;
  sent: number;
  answered: number;
  /** Not granted within the caller's patience. */
  givenUp: number;
  /** Calls that ended in a failure, by type. */
  failures: Record<string, number>;
  storeCalls: number;
  /** Operations that ended with `Capacity.StoreUnavailable`. */
  storeUnavailable: number;
  confirmed: number;
  /** Starts that were moved or taken away because they came too late. */
  late: number;
  spent: number;
  renewalsLost: number;
  overloaded: number;
  /** The longest any caller waited for the store, ms; time in which the process itself did not run is left out. */
  longestStoreMs: number;
}

export function noCounts(): HolderCounts {
  return {
    wished: 0,
    sent: 0,
    answered: 0,
    givenUp: 0,
    failures: {},
    storeCalls: 0,
    storeUnavailable: 0,
    confirmed: 0,
    late: 0,
    spent: 0,
    renewalsLost: 0,
    overloaded: 0,
    longestStoreMs: 0,
  };
}

export function addCounts(sum: HolderCounts, counts: HolderCounts): void {
  for (const [name, value] of Object.entries(counts) as [keyof HolderCounts, HolderCounts[keyof HolderCounts]][]) {
    if (name === 'failures') addFailures(sum.failures, counts.failures);
    else if (name === 'longestStoreMs') sum[name] = Math.max(sum[name], value as number);
    else sum[name] += value as number;
  }
}

function addFailures(sum: Record<string, number>, failures: Readonly<Record<string, number>>): void {
  for (const [type, count] of Object.entries(failures)) sum[type] = (sum[type] ?? 0) + count;
}
