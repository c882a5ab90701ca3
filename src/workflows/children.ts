/**
 * `holdfast/workflow/children`: the workflows that steps and lists start beside a pipeline. A workflows file of one's own
 * has the line `export * from 'holdfast/workflow/children';`.
 */
export { holdfastTier } from './tiers/tier-workflow';
export { holdfastChunk } from './chunks/chunk-workflow';
export { holdfastNotice } from './tiers/notice-workflow';
export { holdfastBatchQueue } from './batch/batch-queue';
export { holdfastBatch } from './batch/batch-workflow';
