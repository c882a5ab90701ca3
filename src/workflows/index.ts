/** Everything a Holdfast worker runs: the entry of the workflow bundle. */
export { holdfastTier } from './tiers/tier-workflow';
export { researchReport } from './pipelines/research-report';
