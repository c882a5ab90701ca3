/** The pipelines this package ships. */
import { HoldfastError } from '../../errors/holdfast-error';
import { bulkClassifyContract } from './bulk-input';
import type { PipelineContract } from './contract';
import { regionalSpilloverContract } from './regional-spillover';
import { documentExtractionContract } from './extraction-contract';
import { scheduledEvalContract } from './scheduled-eval';
import { ensembleTriageContract } from './ensemble-triage';
import { defaultSections, parseResearchInput } from './research-input';
import { retrievalAnswerContract, sourceAgentsContract } from './retrieval-answer';
import { supportReplyContract } from './support-reply';

export const researchReportContract: PipelineContract<ReturnType<typeof parseResearchInput>> = {
  name: 'researchReport',
  description: 'outline → parallel sections → synthesis → approval → PDF, from one source text',
  parseInput: parseResearchInput,
  exampleInput: {
    topic: 'How an untrained listener learns to hear an orchestra',
    source: 'books/how-to-listen-to-music.txt',
    sections: defaultSections,
  },
  // Of the example input with the simulator, whose models answer 120 tokens a second.
  typicalCalls: [
    { step: 'research.outline', calls: 1, inputTokens: 2_000, outputTokens: 250, seconds: 2.5 },
    { step: 'research.section', calls: defaultSections, inputTokens: 2_350, outputTokens: 900, seconds: 8 },
    { step: 'research.synthesize', calls: 1, inputTokens: 1_400, outputTokens: 350, seconds: 3.5 },
  ],
};

export const shippedPipelines: readonly PipelineContract[] = [
  documentExtractionContract,
  researchReportContract,
  bulkClassifyContract,
  scheduledEvalContract,
  supportReplyContract,
  regionalSpilloverContract,
  retrievalAnswerContract,
  ensembleTriageContract,
  sourceAgentsContract,
];

/** Throws `Pipeline.Unknown` naming the known ones. */
export function findPipeline(pipelines: readonly PipelineContract[], name: string): PipelineContract {
  const contract = pipelines.find((known) => known.name === name);
  if (contract !== undefined) return contract;
  const known = pipelines.map((one) => one.name).join(', ');
  throw new HoldfastError('Pipeline.Unknown', `there is no pipeline "${name}" (known: ${known})`, { pipeline: name });
}
