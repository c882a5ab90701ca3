/** Degraded mode: a word to pipelines that they had better leave out what is heavy and not needed. */
import type { PoolReading } from './capacity';
import type { DegradeSettings } from './settings';

/** Whom a flag is for; an absent one means all. */
export interface DegradedScope {
  readonly tenant?: string;
  readonly pipeline?: string;
}

/** What an operator has set. */
export interface DegradedFlag extends DegradedScope {
  readonly reason: string;
  readonly by: string;
  /** ISO 8601, on the clock of Redis. */
  readonly until: string;
}

export interface ReadDegradedInput extends Required<DegradedScope> {
  /** Only the pools of this step are looked at. Default: all. */
  readonly step?: string;
}

export interface DegradedMode {
  readonly on: boolean;
  /** Why, when it is on. */
  readonly reason?: string;
  /** An operator, or `policy`. */
  readonly by?: string;
}

/** The flag that holds for a run; of several the one that ends last. */
export function flagFor(
  flags: readonly DegradedFlag[],
  { tenant, pipeline }: Required<DegradedScope>,
): DegradedFlag | undefined {
  return flags
    .filter((flag) => (flag.tenant ?? tenant) === tenant && (flag.pipeline ?? pipeline) === pipeline)
    .reduce<DegradedFlag | undefined>(
      (last, flag) => (last === undefined || flag.until > last.until ? flag : last),
      undefined,
    );
}

/** Why a pool calls for degraded mode, by its `degradeWhen`; undefined when it does not. */
export function poolDegradation(
  { pool, endpoints, expectedWaitMs }: PoolReading,
  { expectedWaitMs: mostMs, breakers }: DegradeSettings,
): string | undefined {
  const open = endpoints.filter(({ breaker }) => breaker === 'open').length;
  if (breakers !== undefined && open >= (breakers === 'any' ? 1 : Math.max(1, endpoints.length))) {
    return `pool ${pool}: ${open} of ${endpoints.length} circuit breakers are open`;
  }
  const waitMs = expectedWaitMs.interactive;
  if (mostMs === undefined || waitMs <= mostMs) return undefined;
  return `pool ${pool}: a call that comes now would wait ${Math.round(waitMs / 1_000)} s`;
}
