/** The pipelines this package ships, and what a pipeline of your own tells the client about itself. */
import { HoldfastError } from '../../errors/holdfast-error';
import { parseResearchInput } from './research-input';

export interface PipelineContract<Input = unknown> {
  /** The workflow's name. */
  readonly name: string;
  readonly description: string;
  /** Gives the input back, checked, or throws `Pipeline.InvalidInput`. The client calls it before anything is started. */
  readonly parseInput: (value: unknown) => Input;
  /** An input to try it with. */
  readonly exampleInput?: Input;
}

export const researchReportContract: PipelineContract<ReturnType<typeof parseResearchInput>> = {
  name: 'researchReport',
  description: 'outline → parallel sections → synthesis → approval → PDF, from one source text',
  parseInput: parseResearchInput,
  exampleInput: {
    topic: 'How an untrained listener learns to hear an orchestra',
    source: 'books/how-to-listen-to-music.txt',
    sections: 5,
  },
};

export const shippedPipelines: readonly PipelineContract[] = [researchReportContract];

/** Throws `Pipeline.Unknown` naming the known ones. */
export function findPipeline(pipelines: readonly PipelineContract[], name: string): PipelineContract {
  const contract = pipelines.find((known) => known.name === name);
  if (contract !== undefined) return contract;
  const known = pipelines.map((one) => one.name).join(', ');
  throw new HoldfastError('Pipeline.Unknown', `there is no pipeline "${name}" (known: ${known})`, { pipeline: name });
}
