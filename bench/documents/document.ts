import type { ExtractedDocument } from '../../src/contracts/pipelines/extracted-document';
import type { Draw, Language } from './draw';

export type Answer = Omit<ExtractedDocument, 'confidence'>;

/** A page before it was printed and scanned. */
export interface Page {
  readonly lines: readonly string[];
  readonly answer: Answer;
}

export interface Layout {
  readonly name: string;
  readonly language: Language;
  /** The rules of the parser were not adjusted to it: see docs/document-extraction.md. */
  readonly isHeldOut: boolean;
  write(draw: Draw): Page;
}

export function answerOf(answer: Partial<Answer> & Pick<Answer, 'kind'>): Answer {
  return {
    sender: null,
    recipient: null,
    date: null,
    reference: null,
    subject: null,
    dueDate: null,
    currency: null,
    net: null,
    tax: null,
    total: null,
    iban: null,
    ...answer,
  };
}

/** Two texts side by side. */
export function beside(left: string, right: string, width = 46): string {
  return `${left.padEnd(width)}${left.length >= width ? '  ' : ''}${right}`;
}

/** Amounts to the right, as in tables. */
export function rowOf(text: string, amount: string, width = 62): string {
  return `${text.padEnd(width - amount.length)}  ${amount}`;
}

/** Paragraphs as a typewriter sets them. */
export function wrap(text: string, width = 78): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
