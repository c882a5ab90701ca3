/** What the steps of `supportReply` and `regionalSpillover` answer. The types are those of their contracts. */
import type { z } from 'zod';
import type { AnswerCheck } from '../contracts/pipelines/regional-spillover';
import type { SupportAnswer } from '../contracts/pipelines/support-reply';
import type { Zod } from './zod';

/** Schemas by name. */
export function defineSupportSchemas(z: Zod) {
  return {
    SupportAnswer: z.strictObject({
      // First, so that whoever reads along can show it from the first token.
      reply: z.string().min(1).max(400).describe('What the customer reads: at most two short sentences.'),
      handOver: z.boolean().describe('Whether a person has to take over.'),
    }),
    AnswerCheck: z.strictObject({
      fit: z.boolean().describe('Whether the answer may be sent.'),
      note: z.string().min(1).max(200).describe('Why, in one short sentence.'),
    }),
  };
}

type Schemas = ReturnType<typeof defineSupportSchemas>;
type Output<Name extends keyof Schemas> = Readonly<z.infer<Schemas[Name]>>;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// Does not compile when a schema and the contract that stands in histories part ways.
void (true satisfies Same<Output<'SupportAnswer'>, Readonly<SupportAnswer>>);
void (true satisfies Same<Output<'AnswerCheck'>, Readonly<AnswerCheck>>);
