/**
 * What the steps of `researchReport` answer. The types are those of the contract; the bounds leave room around what
 * the prompts ask for, so that only an answer that would spoil a report or swell a history is refused.
 */
import type { z } from 'zod';
import type { Outline, Section, Synthesis } from '../contracts/pipelines/research-report';
import type { Zod } from './zod';

/** Schemas by name. */
export function defineResearchSchemas(z: Zod) {
  const heading = z.string().min(3).max(120);
  const text = z.string().min(20).max(5_000);
  const chapter = z.int().min(1).max(999);
  return {
    ResearchOutline: z.strictObject({
      title: heading.describe('Title of the report.'),
      sections: z
        .array(
          z.strictObject({
            heading: heading.describe('Heading of the section.'),
            question: z.string().min(5).max(400).describe('The one question the section answers.'),
            chapters: z.array(chapter).min(1).max(20).describe('Numbers of the chapters that hold the answer.'),
          }),
        )
        .min(1)
        .max(12),
    }),
    ResearchSection: z.strictObject({
      heading,
      paragraphs: z.array(text).min(1).max(20).describe('Plain text, without reference marks.'),
      citations: z
        .array(
          z.strictObject({
            chapter: chapter.describe('Number of the chapter the quotation is taken from.'),
            quote: z.string().min(10).max(400).describe('Words copied literally from one passage of that chapter.'),
          }),
        )
        .max(20),
    }),
    ResearchSynthesis: z.strictObject({
      title: heading.describe('Title of the report.'),
      abstract: text,
      keyFindings: z.array(z.string().min(5).max(800)).min(1).max(12).describe('One finding each.'),
      conclusion: text,
    }),
  };
}

type Schemas = ReturnType<typeof defineResearchSchemas>;
type Output<Name extends keyof Schemas> = DeepReadonly<z.infer<Schemas[Name]>>;
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// Does not compile when a schema and the contract that stands in histories part ways.
void (true satisfies Same<Output<'ResearchOutline'>, DeepReadonly<Outline>>);
void (true satisfies Same<Output<'ResearchSection'>, DeepReadonly<Section>>);
void (true satisfies Same<Output<'ResearchSynthesis'>, DeepReadonly<Synthesis>>);
