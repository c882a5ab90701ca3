/** supportReply: one question, one answer while the customer waits; the ladder and the time are in the config. */
import { parseSupportInput } from '../../contracts/pipelines/support-reply';
import type { SupportAnswer, SupportInput, SupportReply } from '../../contracts/pipelines/support-reply';
import { step } from '../primitives/step';
import { sourceOf } from '../policy/support-source';

export async function supportReply(input: SupportInput): Promise<SupportReply> {
  const { question } = parseSupportInput(input);
  const answer = await step<SupportAnswer>('support.reply', { question });
  const { value, servedBy, degraded, reason } = answer;
  return { ...value, source: sourceOf(answer), servedBy, degraded, ...(reason !== undefined && { reason }) };
}
