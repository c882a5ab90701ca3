/** What goes into a plan and what comes out. Rates are per hour for people, per minute inside the planner. */
import type { CapacityCost } from '../contracts/capacity';
import type { EndpointSettings, LimitDimension, Limits, PoolSettings } from '../contracts/settings';

/** One kind of call that a run of a pipeline makes. */
export interface PlannedCall {
  /** The step, or whatever the planner calls it. */
  readonly name: string;
  readonly pool: string;
  /** Per run; may be a fraction for a call that only some runs make. */
  readonly calls: number;
  readonly inputTokens: number;
  /** What the answer has. */
  readonly outputTokens: number;
  /** What is asked for at most: OpenAI and Azure charge it, whatever comes. */
  readonly maxOutputTokens: number;
  /** From sending the call to its end. Absent: concurrency is not judged for it. */
  readonly seconds?: number;
}

export interface PlannedPipeline {
  readonly name: string;
  /** Runs that are started per hour. Absent, for all pipelines alike = all `count` are there from the beginning. */
  readonly perHour?: number;
  /** Runs in all, for the time to finish. Default: those of one hour. */
  readonly count?: number;
  readonly calls: readonly PlannedCall[];
}

export interface PlanInput {
  readonly pipelines: readonly PlannedPipeline[];
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
  readonly pools: Readonly<Record<string, PoolSettings>>;
  /** What the engine's pacing makes of a limit on requests: a little less, for its dispatch jitter. */
  readonly requestsPerMinute: (limits: Limits) => number;
  /** What the endpoint's provider counts for a call once it has ended. */
  readonly chargeOf: (endpoint: EndpointSettings, call: PlannedCall) => CapacityCost;
}

/** One limit of one quota group. Units are the limit's own: per minute, `rpd` per day, `concurrency` at once. */
export interface QuotaUse {
  readonly dimension: LimitDimension;
  readonly limit: number;
  /** What the engine gets out of the limit without a 429. */
  readonly usable: number;
  /** What the plan asks for, of all pools that share the quota. */
  readonly demand: number;
  /** Demand / limit. */
  readonly use: number;
}

export interface EndpointPlan {
  readonly pool: string;
  readonly endpoint: string;
  readonly quotaGroup: string;
  readonly callsPerHour: number;
  readonly dimensions: readonly QuotaUse[];
}

/** The quotas that are used up first as the load grows: all that are as full as the fullest. */
export interface Binding {
  readonly quotas: readonly { readonly quotaGroup: string; readonly dimension: LimitDimension }[];
  /** Pools whose calls they hold up. */
  readonly pools: readonly string[];
}

export interface PipelinePlan {
  readonly name: string;
  /** As asked for; as many as the quotas allow where only `count` was given. */
  readonly perHour: number;
  readonly count: number;
  /** With the same mix of pipelines; null = no limit is known. */
  readonly maxPerHour: number | null;
  /** Until the last call of the last of `count` runs has ended. Waits between the calls of one run are not in it. */
  readonly hoursToFinish: number;
  readonly costUsdPerRun: number;
}

export interface RegionGain {
  readonly pool: string;
  /** The endpoint that is doubled: the pool's largest for this load. */
  readonly copyOf: string;
  readonly binding: Binding | null;
  readonly pipelines: readonly Pick<PipelinePlan, 'name' | 'maxPerHour' | 'hoursToFinish'>[];
}

export interface Plan {
  /** True where all runs are there from the beginning: the load then is as large as the quotas allow. */
  readonly isBacklog: boolean;
  readonly isSustainable: boolean;
  readonly binding: Binding | null;
  readonly pipelines: readonly PipelinePlan[];
  /** Pools that are used, in the order of the calls. */
  readonly endpoints: readonly EndpointPlan[];
  /** At the rate that is asked for, or that the quotas allow if that is less. */
  readonly costUsdPerHour: number;
  /** Null when no limit binds. */
  readonly oneMoreRegion: RegionGain | null;
  /** What the numbers leave out or assume, for people. */
  readonly notes: readonly string[];
}
