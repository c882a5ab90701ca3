/**
 * Finds where the chapters of a plain-text book begin.
 *
 * Books number their chapters in one of a few styles, and the same numbers stand in the table of contents, in lists
 * and in poems. So every style is tried: its lines are strung into runs (1, 2, 3, …; a book in parts has several),
 * runs of tiny chapters such as the contents are dropped, and the style that divides the book best wins.
 */
import { countWords } from './clean-text';

export interface ChapterHeading {
  /** Index of the line in the book. */
  readonly line: number;
  /** As printed; starts again in each part. */
  readonly number: number;
  /** What stands after the number on the same line; may be empty. */
  readonly title: string;
}

/** What is looked for, for people. */
export const headingExamples = '"CHAPTER I", "Chapter 1: Title", or a line of its own such as "IV", "IV. Title", "4."';

const roman = '[IVXLCDM]{1,9}';
/** A number alone and a number with a title are styles of their own: numbered lists look like the second. */
const styles: readonly { readonly pattern: RegExp; readonly standsAlone: boolean }[] = [
  {
    pattern: new RegExp(`^\\s*chap(?:ter|\\.)\\s+(${roman}|\\d{1,3})(?![\\w'’-])[\\s.:,—–)-]*(.*)$`, 'i'),
    standsAlone: false,
  },
  { pattern: new RegExp(`^\\s*(${roman})[.:)]?\\s*$`), standsAlone: true },
  { pattern: new RegExp(`^\\s*(${roman})[.:)]\\s+(\\S.{0,100})$`), standsAlone: true },
  { pattern: /^\s*(\d{1,3})[.:)]?\s*$/, standsAlone: true },
  { pattern: /^\s*(\d{1,3})[.:)]\s+(\S.{0,100})$/, standsAlone: true },
];

/** More lines of one style than any book has chapters: the rest is some other list. Keeps the search quick. */
const mostCandidates = 5_000;

/** Chapters shorter than this share of the book's other chapters are a table of contents, not chapters. */
const contentsShare = 0.2;

/** The headings of the book's chapters in order; empty when there are none. */
export function findChapterHeadings(lines: readonly string[]): ChapterHeading[] {
  const wordsBefore = prefixSums(lines.map(countWords));
  const divisions = styles.map((style) => keepChapters(stringIntoRuns(candidatesOf(lines, style)), wordsBefore));
  const best = divisions.reduce((a, b) => (b.score > a.score ? b : a));
  return best.headings;
}

/** The value of a roman or arabic number, or undefined when it is not written the usual way (`IIII`, `VX`). */
export function parseNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const values = [...text.toUpperCase()].map((letter) => romanValues[letter] ?? 0);
  const value = values.map((own, index) => (own < (values[index + 1] ?? 0) ? -own : own)).reduce((a, b) => a + b, 0);
  return writeRoman(value) === text.toUpperCase() ? value : undefined;
}

const romanValues: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };

function writeRoman(value: number): string {
  const steps = [
    1000,
    'M',
    900,
    'CM',
    500,
    'D',
    400,
    'CD',
    100,
    'C',
    90,
    'XC',
    50,
    'L',
    40,
    'XL',
    10,
    'X',
    9,
    'IX',
    5,
    'V',
    4,
    'IV',
    1,
    'I',
  ] as const;
  let rest = value;
  let text = '';
  for (let i = 0; i < steps.length; i += 2) {
    for (const size = steps[i] as number; rest >= size; rest -= size) text += steps[i + 1];
  }
  return text;
}

function candidatesOf(lines: readonly string[], style: (typeof styles)[number]): ChapterHeading[] {
  const candidates = lines.flatMap((text, line) => {
    if (!isBlank(lines[line - 1]) || (style.standsAlone && !isBlank(lines[line + 1]))) return [];
    const match = style.pattern.exec(text);
    const number = match === null ? undefined : parseNumber(match[1] ?? '');
    return number === undefined ? [] : [{ line, number, title: (match?.[2] ?? '').trim() }];
  });
  return candidates.slice(0, mostCandidates);
}

/** A 1 begins a new run only if a 2 follows before the number the open run waits for: else it is a stray line. */
function stringIntoRuns(candidates: readonly ChapterHeading[]): ChapterHeading[][] {
  const runs: ChapterHeading[][] = [];
  let expected = 1;
  for (const [index, candidate] of candidates.entries()) {
    const next = candidates.slice(index + 1).find(({ number }) => number === 2 || number === expected)?.number;
    const startsRun = candidate.number === 1 && (runs.length === 0 || next === 2);
    if (startsRun) runs.push([candidate]);
    else if (candidate.number === expected) runs.at(-1)?.push(candidate);
    else continue;
    expected = candidate.number + 1;
  }
  return runs;
}

function keepChapters(
  runs: readonly (readonly ChapterHeading[])[],
  wordsBefore: readonly number[],
): { headings: ChapterHeading[]; score: number } {
  const total = wordsBefore.at(-1) ?? 0;
  const starts = runs.flat().map(({ line }) => line);
  const wordsOf = (heading: ChapterHeading, among: readonly number[]): number => {
    const end = among.find((line) => line > heading.line);
    return (end === undefined ? total : (wordsBefore[end] ?? 0)) - (wordsBefore[heading.line] ?? 0);
  };
  const medians = runs.map((run) => median(run.map((heading) => wordsOf(heading, starts))));
  const largest = Math.max(0, ...medians);
  const headings = runs.filter((_, index) => (medians[index] ?? 0) >= largest * contentsShare).flat();
  const kept = headings.map(({ line }) => line);
  // The square root favours many chapters of like size over one that swallows the book.
  const score = headings.reduce((sum, heading) => sum + Math.sqrt(wordsOf(heading, kept)), 0);
  return { headings, score };
}

function prefixSums(numbers: readonly number[]): number[] {
  const sums = [0];
  for (const [index, number] of numbers.entries()) sums.push((sums[index] ?? 0) + number);
  return sums;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}
