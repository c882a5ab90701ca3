/** regionalSpillover: answer → check. Which of the three regions answers is the pool's business, not the pipeline's. */
import { parseRegionalInput } from '../../contracts/pipelines/regional-spillover';
import type { AnswerCheck, RegionalAnswer, RegionalInput } from '../../contracts/pipelines/regional-spillover';
import { step } from '../primitives/step';

export async function regionalSpillover(input: RegionalInput): Promise<RegionalAnswer> {
  const { question } = parseRegionalInput(input);
  const answer = await step<string>('regional.answer', { question });
  const check = await step<AnswerCheck>('regional.check', { question, answer: answer.value });
  return {
    answer: answer.value,
    check: check.value,
    servedBy: [answer.servedBy, check.servedBy],
    degraded: answer.degraded || check.degraded,
  };
}
