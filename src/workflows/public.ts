/** `holdfast/workflow`: what a pipeline of your own is written with. Import it in workflow code only. */
export { step } from './primitives/step';
export type { StepOptions } from './primitives/step';
export { each } from './primitives/each';
export { eachInChunks } from './primitives/each-in-chunks';
export { defineWork } from './primitives/each-work';
export type { Work } from './primitives/each-work';
export type { EachOptions, TolerantEachOptions } from './policy/each-options';
export { guard } from './primitives/guard';
export type { Guard, GuardOptions, Metered } from './primitives/guard';
export { approval } from './primitives/approval';
export type { ApprovalOptions } from './primitives/approval-options';
export { reviewIfUnsure } from './primitives/approval-review';
export type { Reviewed, ReviewOptions } from './primitives/approval-review';
/** Re-export both from your workflows file: fallback tiers run in the one, chunks of `eachInChunks` in the other. */
export { holdfastTier } from './tiers/tier-workflow';
export { holdfastChunk } from './chunks/chunk-workflow';
export type { Decision, DecisionKind } from '../contracts/approval';
export type { ItemFailure, ItemOutcome } from '../contracts/each';
export type { Attachment } from '../contracts/model';
export type { StepResult, Attempt, ToolContext } from '../contracts/step';
