/** How right extracted fields are, against the known answer. */
import { documentFields } from '../../../src/contracts/pipelines/extracted-document';
import type { DocumentField, ExtractedDocument } from '../../../src/contracts/pipelines/extracted-document';

export interface Score {
  /** Fields compared, those that the document does not have among them. */
  readonly fields: number;
  /** Equal, or null on both sides. */
  readonly right: number;
  /** A value where there is another one, or none. */
  readonly wrong: number;
  /** Null where there is a value. */
  readonly missing: number;
}

export const noScore: Score = { fields: 0, right: 0, wrong: 0, missing: 0 };

type Fields = Omit<ExtractedDocument, 'confidence'>;

export function scoreOf(fields: Fields, answer: Fields): Score {
  return documentFields.map((field) => compare(fields, answer, field)).reduce(addScores, noScore);
}

export function addScores(a: Score, b: Score): Score {
  return {
    fields: a.fields + b.fields,
    right: a.right + b.right,
    wrong: a.wrong + b.wrong,
    missing: a.missing + b.missing,
  };
}

export function compare(fields: Fields, answer: Fields, field: DocumentField): Score {
  const [given, known] = [normalised(fields[field]), normalised(answer[field])];
  const isRight = given === known;
  const isMissing = !isRight && given === null;
  return { fields: 1, right: Number(isRight), wrong: Number(!isRight && !isMissing), missing: Number(isMissing) };
}

/**
 * Texts without case, accents, spaces and punctuation, so that `MÜLLER & SÖHNE OHG` is `Muller & Sohne OHG`; amounts to the
 * cent. Nothing else is forgiven: a letter the scanner misread makes a wrong name.
 */
function normalised(value: string | number | null): string | number | null {
  if (value === null) return null;
  if (typeof value === 'number') return Math.round(value * 100);
  return value
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ı/g, 'i')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
