import type { Zod } from './zod';

/** Schemas by name. */
export function defineEvalSchemas(z: Zod) {
  return {
    EvalJudgement: z.strictObject({
      reason: z.string().min(1).max(1_000).describe('One or two sentences: which criteria are met, which are not.'),
      score: z.number().min(0).max(1).describe('How well the answer meets the criteria: minimum 0, maximum 1.'),
    }),
  };
}
