/** Everything a Holdfast worker runs: the entry of the workflow bundle. */
export { holdfastTier } from './tiers/tier-workflow';
export { holdfastChunk } from './chunks/chunk-workflow';
export { answerAll } from './pipelines/answer-all';
export { researchReport } from './pipelines/research-report';
