/** `holdfast/workflow`: what a pipeline of your own is written with. Import it in workflow code only. */
export { step } from './primitives/step';
export type { StepOptions } from './primitives/step';
export { each } from './primitives/each';
export type { EachOptions } from './primitives/each';
export { approval } from './primitives/approval';
export type { ApprovalOptions } from './primitives/approval';
/** Re-export it from your workflows file: fallback tiers run in it. */
export { holdfastTier } from './tiers/tier-workflow';
export type { Decision, DecisionKind } from '../contracts/approval';
export type { Attachment } from '../contracts/model';
export type { StepResult, Attempt, ToolContext } from '../contracts/step';
