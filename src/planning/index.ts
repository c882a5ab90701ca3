/** From a load and the quotas to what binds. Pure: what a provider counts is handed in. */
export { planCapacity } from './plan-capacity';
export type {
  Binding,
  EndpointPlan,
  PipelinePlan,
  Plan,
  PlanInput,
  PlannedCall,
  PlannedPipeline,
  QuotaUse,
  RegionGain,
} from './plan';
