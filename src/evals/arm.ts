/** What an eval compares: one prompt variant on one pool, as a step would send it. */
import type { StepSettings } from '../contracts/settings';

export interface EvalArm {
  /** `<step or prompt>:<pool>[:<endpoint>]/<variant>`; unique within an eval, and part of every journal key. */
  readonly name: string;
  /** The step or prompt under test. */
  readonly target: string;
  readonly pool: string;
  /** The one endpoint of the pool that is called; absent = any. */
  readonly endpoint?: string;
  readonly variant: string;
  /** Index of the tier that calls this pool with this variant; absent when none does. */
  readonly tier?: number;
  /** The step with this arm as its only tier, in the batch lane. */
  readonly step: StepSettings;
}
