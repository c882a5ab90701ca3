/** A plain-text book as chapters of clean paragraphs. */
import { HoldfastError } from '../../errors';
import { findChapterHeadings, headingExamples } from './chapter-headings';
import type { ChapterHeading } from './chapter-headings';
import { cleanLine, cleanParagraphs, countWords, openingOf } from './clean-text';
import { properCase, readFrontMatter } from './front-matter';
import type { ContentsEntry } from './front-matter';

export interface Chapter {
  /** 1 first, through all parts of the book. */
  readonly number: number;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly words: number;
  /** The chapter's own summary or its opening sentences, at most 600 characters. */
  readonly excerpt: string;
}

export interface Book {
  readonly title: string;
  readonly author: string;
  readonly chapters: readonly Chapter[];
}

const longestExcerpt = 600;
/** A shorter summary says less about a chapter than its first sentences do. */
const shortestSummary = 60;
const longestTitle = 120;
/** Where the last chapter ends: parts that follow the text of a book. */
const backMatter =
  /^\s*(?:the end|finis|plates|index|appendix|appendices|glossary|bibliography|notes|endnotes|colophon|list of \w+|transcriber['’]s notes?|about the author)\b[\s.:]*\w{0,8}[\s.:]*$/i;

/**
 * @param source - named in messages and, failing all else, in the title
 * Throws `Pipeline.InvalidInput` when no chapter is found.
 */
export function parseBook(text: string, source: string): Book {
  const lines = bodyOf(text).split('\n');
  const headings = findChapterHeadings(lines);
  const first = headings[0];
  if (first === undefined) {
    const message = `source ${JSON.stringify(source)} has no chapter headings; looked for ${headingExamples}, each after an empty line`;
    throw new HoldfastError('Pipeline.InvalidInput', message, { source });
  }
  const { title, author, contents } = readFrontMatter(lines.slice(0, first.line), source);
  // With another number of entries they are not the contents of these chapters; a book in parts repeats its numbers.
  const hasContents = contents.size === headings.length && headings.every(({ number }, index) => number === index + 1);
  const chapters = headings.map((heading, index) => {
    const next = headings[index + 1];
    const own = lines.slice(heading.line + 1, next?.line ?? endOfText(lines, heading.line + 1));
    return readChapter(index + 1, { heading, lines: own, entry: hasContents ? contents.get(index + 1) : undefined });
  });
  return { title, author, chapters };
}

/** Without byte order mark, foreign line ends and the licence texts some archives put around a book. */
function bodyOf(text: string): string {
  const unified = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const start = /^\*{3} ?START OF .*\n/m.exec(unified);
  const end = /^\*{3} ?END OF /m.exec(unified);
  const fields = (start === null ? '' : unified.slice(0, start.index)).match(/^(?:title|author): .*$/gim) ?? [];
  const body = unified.slice(start === null ? 0 : start.index + start[0].length, end?.index);
  return [...fields, '', body].join('\n');
}

function endOfText(lines: readonly string[], from: number): number {
  const end = lines.findIndex(
    (line, index) => index > from && backMatter.test(line) && isBlank(lines[index - 1]) && isBlank(lines[index - 2]),
  );
  return end === -1 ? lines.length : end;
}

function readChapter(
  number: number,
  { heading, lines, entry }: { heading: ChapterHeading; lines: readonly string[]; entry: ContentsEntry | undefined },
): Chapter {
  const { title, rest } = splitTitle(heading.title, lines);
  const paragraphs = cleanParagraphs(rest.join('\n'));
  const summary = entry?.summary ?? '';
  return {
    number,
    title: properCase(title || entry?.title || `Chapter ${heading.number}`),
    paragraphs,
    words: paragraphs.reduce((sum, paragraph) => sum + countWords(paragraph), 0),
    excerpt: openingOf(summary.length >= shortestSummary ? summary : paragraphs.slice(0, 5).join(' '), longestExcerpt),
  };
}

/** The title stands behind the number or is the short block below it that does not read like a sentence. */
function splitTitle(onLine: string, lines: readonly string[]): { title: string; rest: readonly string[] } {
  if (onLine !== '') return { title: withoutFullStop(cleanLine(onLine)), rest: lines };
  const start = lines.findIndex((line) => line.trim() !== '');
  if (start === -1) return { title: '', rest: lines };
  const length = lines.slice(start).findIndex((line) => line.trim() === '');
  const end = length === -1 ? lines.length : start + length;
  const block = lines.slice(start, end).join('\n').trim();
  const isTitle =
    end - start <= 3 && block.length <= longestTitle && !/[.!?:;,]["'”’_]*$|^\[/.test(block.replace(/^_.*_$/s, ''));
  return isTitle && end < lines.length
    ? { title: withoutFullStop(cleanLine(block)), rest: lines.slice(end) }
    : { title: '', rest: lines };
}

function withoutFullStop(title: string): string {
  return title.replace(/\.$/, '');
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}
