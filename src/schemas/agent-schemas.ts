/** What the steps of `retrievalAnswer`, `sourceAgents` and `ensembleTriage` answer. The types are those of their contracts. */
import type { z } from 'zod';
import { departments } from '../contracts/pipelines/ensemble-triage';
import type { Triage } from '../contracts/pipelines/ensemble-triage';
import type { AgentTurn, SourceAnswer } from '../contracts/pipelines/retrieval-answer';
import type { Zod } from './zod';

/** Schemas by name. */
export function defineAgentSchemas(z: Zod) {
  const text = z.string().min(1).max(4_000);
  return {
    SourceAnswer: z.strictObject({
      answer: text.describe('The answer, in plain text.'),
      citations: z
        .array(
          z.strictObject({
            chapter: z.int().min(1).max(999).describe('Number of the chapter the quotation is taken from.'),
            quote: z.string().min(10).max(400).describe('Words copied literally from one passage of that chapter.'),
          }),
        )
        .max(10),
    }),
    AgentTurn: z.strictObject({
      note: z.string().min(1).max(1_000).describe('What this turn has found.'),
      isDone: z.boolean().describe('Whether the notes answer the question.'),
      answer: text.describe('The answer so far.'),
    }),
    Triage: z.strictObject({
      department: z.enum(departments).describe('Who takes the message.'),
      reason: z.string().min(1).max(300).describe('Why, in one sentence.'),
    }),
  };
}

type Schemas = ReturnType<typeof defineAgentSchemas>;
type Output<Name extends keyof Schemas> = DeepReadonly<z.infer<Schemas[Name]>>;
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// Does not compile when a schema and the contract that stands in histories part ways.
void (true satisfies Same<Output<'SourceAnswer'>, DeepReadonly<SourceAnswer>>);
void (true satisfies Same<Output<'AgentTurn'>, DeepReadonly<AgentTurn>>);
void (true satisfies Same<Output<'Triage'>, DeepReadonly<Triage>>);
