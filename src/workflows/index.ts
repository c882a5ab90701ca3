/** Everything a Holdfast worker runs: the entry of the workflow bundle. */
export * from './children';
export { answerAll } from './pipelines/answer-all';
export { bulkClassify } from './pipelines/bulk-classify';
export { ensembleTriage } from './pipelines/ensemble-triage';
export { retrievalAnswer } from './pipelines/retrieval-answer';
export { sourceAgent, sourceAgents } from './pipelines/source-agents';
export { documentExtraction } from './pipelines/document-extraction';
export { scheduledEval } from './pipelines/scheduled-eval';
export { researchReport } from './pipelines/research-report';
export { regionalSpillover } from './pipelines/regional-spillover';
export { supportReply } from './pipelines/support-reply';
