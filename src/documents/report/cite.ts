/**
 * Ties quotations to the text. A draft says which quotations a section rests on, not where: each marker goes behind
 * the words it quotes when they stand in a paragraph, else to the end of the paragraph that shares most words with it.
 */
import type { Citation, Section } from '../../contracts/pipelines/research-report';
import { termsOf } from '../sources/terms';

export interface Source extends Citation {
  /** From 1, in the order the report refers to them. */
  readonly number: number;
}

/** A paragraph cut where its markers stand: each piece of text is followed by the numbers of its sources. */
export type CitedParagraph = readonly { readonly text: string; readonly sources: readonly number[] }[];

export interface CitedReport {
  /** For each section, its paragraphs. */
  readonly sections: readonly (readonly CitedParagraph[])[];
  readonly sources: readonly Source[];
}

interface Mark {
  readonly paragraph: number;
  readonly offset: number;
  readonly citation: Citation;
}

/** A quotation used twice is one source. */
export function citeSources(sections: readonly Section[]): CitedReport {
  const sources = new Map<string, Source>();
  const numberOf = (citation: Citation): number => {
    const key = `${citation.chapter} ${wordsOf(citation.quote).join(' ')}`;
    const source = sources.get(key) ?? { ...citation, number: sources.size + 1 };
    sources.set(key, source);
    return source.number;
  };
  const cited = sections.map(({ paragraphs, citations }) => {
    const texts = paragraphs.map((text) => ({ text, words: [...text.matchAll(word)], terms: new Set(termsOf(text)) }));
    const marks = citations
      .map((citation) => placeOf(citation, texts))
      .sort((a, b) => a.paragraph - b.paragraph || a.offset - b.offset)
      .map((mark) => ({ ...mark, number: numberOf(mark.citation) }));
    return paragraphs.map((text, index) =>
      cut(
        text,
        marks.filter(({ paragraph }) => paragraph === index),
      ),
    );
  });
  return { sections: cited, sources: [...sources.values()] };
}

const word = /[\p{L}\p{N}]+/gu;
const closingPunctuation = /[.,;:!?…]?["'”’]*[.,;:!?…]?/y;

interface ParagraphText {
  readonly text: string;
  readonly words: readonly RegExpExecArray[];
  readonly terms: ReadonlySet<string>;
}

function placeOf(citation: Citation, paragraphs: readonly ParagraphText[]): Mark {
  const quoted = wordsOf(citation.quote);
  for (const [paragraph, { text, words }] of paragraphs.entries()) {
    const offset = endOfQuote(text, words, quoted);
    if (offset !== undefined) return { paragraph, offset, citation };
  }
  const wanted = [...new Set(termsOf(citation.quote))];
  const shared = paragraphs.map(({ terms }) => wanted.filter((term) => terms.has(term)).length);
  const most = Math.max(0, ...shared);
  const paragraph = most === 0 ? paragraphs.length - 1 : shared.indexOf(most);
  return { paragraph, offset: paragraphs[paragraph]?.text.length ?? 0, citation };
}

/** Where the quoted words end in a text, whatever stands between them, with the punctuation that closes them. */
function endOfQuote(text: string, words: readonly RegExpExecArray[], quoted: readonly string[]): number | undefined {
  if (quoted.length === 0) return undefined;
  const start = words.findIndex((_, index) => quoted.every((one, offset) => words[index + offset]?.[0] === one));
  const last = start === -1 ? undefined : words[start + quoted.length - 1];
  if (last === undefined) return undefined;
  closingPunctuation.lastIndex = last.index + last[0].length;
  closingPunctuation.test(text);
  return closingPunctuation.lastIndex;
}

function wordsOf(text: string): string[] {
  return text.match(word) ?? [];
}

function cut(text: string, marks: readonly { offset: number; number: number }[]): CitedParagraph {
  const offsets = [...new Set(marks.map(({ offset }) => offset))];
  const pieces = offsets.map((offset, index) => ({
    text: text.slice(offsets[index - 1] ?? 0, offset),
    sources: [...new Set(marks.filter((mark) => mark.offset === offset).map(({ number }) => number))],
  }));
  const rest = text.slice(offsets.at(-1) ?? 0);
  return rest === '' && pieces.length > 0 ? pieces : [...pieces, { text: rest, sources: [] }];
}
