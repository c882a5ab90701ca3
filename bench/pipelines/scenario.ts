/** What one pipeline is put through, and what it tells of it. docs/pipelines.md says how to add one. */
import type { World, WorldSettings } from './world';

export interface PipelineScenario {
  /** The pipeline's. */
  readonly name: string;
  run(bench: Bench): Promise<PipelineReport>;
}

/** What a scenario is given. Worlds that it leaves open are closed behind it. */
export interface Bench {
  readonly isQuick: boolean;
  readonly seed: number;
  /** A world of its own: simulator, key prefix, task queue, client; workers when they are started. */
  openWorld(settings: WorldSettings): Promise<World>;
  /** Progress, for people. */
  say(line: string): void;
}

/** Figures of a pipeline's own may stand beside these. */
export interface PipelineReport {
  readonly name: string;
  /** `passed` exactly when there are no failures. */
  readonly status: 'passed' | 'failed';
  readonly runs: number;
  /** Runs with a step that a later tier served. */
  readonly degraded: number;
  /** Steps that were served, by tier: its pool's name, or `cached`, `template`, `rule`, `human`, … */
  readonly servedByTier: Readonly<Record<string, number>>;
  /** Calls that the runs themselves say were paid for. */
  readonly paidCalls: number;
  /** Calls that the provider's ledger bills. */
  readonly ledgerCalls: number;
  /** US dollars, by the runs' own account. */
  readonly costUsd: number;
  /** From the start call to the end of the run at the client, ms. */
  readonly p95Ms: number;
  /** What was not as it should be, one sentence each. */
  readonly failures: readonly string[];
  readonly [figure: string]: unknown;
}
