/** answerAll: one step for every topic of a list, so many at a time. */
import type { AnswerAllInput } from '../../contracts/pipelines/answer-all';
import { each } from '../primitives/each';
import { step } from '../primitives/step';

/** Answers how many it was: the answers themselves would make long lists outgrow what a workflow may return. */
export async function answerAll({ step: name, topics, concurrency }: AnswerAllInput): Promise<{ answered: number }> {
  const answers = await each(topics, (topic) => step(name, { topic }), { concurrency });
  return { answered: answers.length };
}
