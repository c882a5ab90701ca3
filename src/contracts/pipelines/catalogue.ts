/** The pipelines this package ships, and what a pipeline of your own tells the client about itself. */
import { HoldfastError } from '../../errors/holdfast-error';
import { defaultSections, parseResearchInput } from './research-input';

/** One kind of call of an ordinary run, for planning. */
export interface TypicalCall {
  readonly step: string;
  /** Per run. */
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** From sending the call to its end. */
  readonly seconds: number;
}

export interface PipelineContract<Input = unknown> {
  /** The workflow's name. */
  readonly name: string;
  readonly description: string;
  /** Gives the input back, checked, or throws `Pipeline.InvalidInput`. The client calls it before anything is started. */
  readonly parseInput: (value: unknown) => Input;
  /** An input to try it with. */
  readonly exampleInput?: Input;
  /** What `holdfast plan` starts from. */
  readonly typicalCalls?: readonly TypicalCall[];
}

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

export const shippedPipelines: readonly PipelineContract[] = [researchReportContract];

/** Throws `Pipeline.Unknown` naming the known ones. */
export function findPipeline(pipelines: readonly PipelineContract[], name: string): PipelineContract {
  const contract = pipelines.find((known) => known.name === name);
  if (contract !== undefined) return contract;
  const known = pipelines.map((one) => one.name).join(', ');
  throw new HoldfastError('Pipeline.Unknown', `there is no pipeline "${name}" (known: ${known})`, { pipeline: name });
}
