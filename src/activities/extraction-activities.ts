/** Activities of `documentExtraction` that need no model: its rule tier, and what is checked of any answer. */
import type { DocumentKind, Assessment, ExtractedDocument } from '../contracts/pipelines/extracted-document';
import { toApplicationFailure } from './to-application-failure';

export interface ExtractionActivities {
  /** Rule tier of `documents.extract`: the variables of the step. Throws `Rule.Failed` for what rules cannot read. */
  parseDocument(variables: { readonly document: string }): Promise<ExtractedDocument>;
  /** Recorded in history: that the checks change with a new version does not change a run that is under way. */
  assessExtraction(input: AssessInput): Promise<Assessment>;
}

export interface AssessInput {
  readonly document: string;
  readonly fields: ExtractedDocument;
  /** What the document is, where that is known. */
  readonly kind?: DocumentKind;
}

export interface ExtractionDependencies {
  parse(text: string): ExtractedDocument;
  assess(text: string, fields: ExtractedDocument): Assessment;
}

/** What an answer of another kind than the document is keeps of its confidence. */
const leftOfAnotherKind = 0.3;

export function createExtractionActivities({ parse, assess }: ExtractionDependencies): ExtractionActivities {
  return {
    parseDocument: ({ document }) => toApplicationFailure(async () => parse(document)),
    assessExtraction: ({ document, fields, kind }) =>
      toApplicationFailure(async () => {
        const { confidence, problems } = assess(document, fields);
        if (kind === undefined || kind === fields.kind) return { confidence, problems };
        const told = `it was to be read as ${kind}, the answer says ${fields.kind}`;
        return { confidence: Number((confidence * leftOfAnotherKind).toFixed(3)), problems: [told, ...problems] };
      }),
  };
}
