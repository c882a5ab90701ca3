import type { SupportReplySource } from '../../contracts/pipelines/support-reply';
import type { StepResult } from '../../contracts/step';

/** Where an answer came from, as whoever shows it to a customer needs to know it. */
export function sourceOf({ servedBy, reason }: Pick<StepResult, 'servedBy' | 'reason'>): SupportReplySource {
  if (servedBy === 'cache') return 'cached';
  if (servedBy !== 'template') return 'model';
  return reason === 'Llm.ContentFiltered' ? 'safe' : 'template';
}
