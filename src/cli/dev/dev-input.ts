/** What `holdfast dev` runs: the shipped example, with what the options change. */
import { researchReportContract } from '../../contracts/pipelines/catalogue';
import { parseResearchInput } from '../../contracts/pipelines/research-input';
import type { ResearchInput } from '../../contracts/pipelines/research-report';
import { readJson } from '../read-json';

export interface DevInputOptions {
  readonly topic?: string;
  /** As typed. */
  readonly sections?: string;
  /** JSON, a file or `-`. */
  readonly input?: string;
}

/** Throws `Pipeline.InvalidInput`. */
export async function readDevInput({ topic, sections, input }: DevInputOptions): Promise<ResearchInput> {
  const base =
    input === undefined
      ? researchReportContract.exampleInput
      : await readJson({ option: '--input', value: input, type: 'Pipeline.InvalidInput' });
  if (topic === undefined && sections === undefined) return parseResearchInput(base);
  // A base that is no object is refused as it is.
  if (typeof base !== 'object' || base === null || Array.isArray(base)) return parseResearchInput(base);
  return parseResearchInput({
    ...base,
    ...(topic === undefined ? {} : { topic }),
    ...(sections === undefined ? {} : { sections: numberIn(sections) }),
  });
}

/** Text that is no number is left to the check, which repeats it. */
function numberIn(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}
