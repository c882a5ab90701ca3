/** Title, author and chapter summaries, from what stands before the first chapter. */
import { parseNumber } from './chapter-headings';
import { cleanLine, cleanParagraphs } from './clean-text';

export interface FrontMatter {
  readonly title: string;
  readonly author: string;
  /** What the table of contents says about a chapter, by its number. */
  readonly contents: ReadonlyMap<number, ContentsEntry>;
}

export interface ContentsEntry {
  readonly title: string;
  /** May be empty. */
  readonly summary: string;
}

const contentsHeading = /^\s*(?:table of )?contents[.:]?\s*$/i;
const entryHeading =
  /^\s*(?:\[sidenote:\s*)?(?:chap(?:ter|\.)\s+)?([IVXLCDM]{1,9}|\d{1,3})(?:[.:)—–-]+\s*\]?\s*|\s*\]\s*|\s+|$)(.*)$/i;
/** `…  12`, `… . . . 12` or `…  _Page 12_` at the end of a line. The bounds keep long runs of blanks cheap. */
const pageNumber =
  /(?:[ \t]{2,120}|[ \t]{0,5}\.[ \t]?\.[ \t.]{0,120}|[ \t]{1,120}_?page[ \t]{1,5})_?\d{1,4}_?[ \t]{0,20}$/gim;
const longestTitle = 200;

/** @param fileName - names the book when it does not do so itself */
export function readFrontMatter(lines: readonly string[], fileName: string): FrontMatter {
  return {
    title: properCase(fieldOf(lines, 'title') ?? firstBlock(lines) ?? titleOfFile(fileName)),
    author: properCase(fieldOf(lines, 'author') ?? byLine(lines) ?? 'unknown author'),
    contents: readContents(lines),
  };
}

/** `Title: …` and `Author: …` stand at the head of many transcriptions. */
function fieldOf(lines: readonly string[], name: string): string | undefined {
  const field = new RegExp(`^${name}:\\s+(\\S.*)$`, 'i');
  return firstOf(lines.slice(0, 200), (line) => field.exec(line)?.[1]);
}

function firstBlock(lines: readonly string[]): string | undefined {
  const block =
    lines
      .join('\n')
      .trim()
      .split(/\n[ \t]*\n/, 1)[0] ?? '';
  const title = cleanLine(block);
  return title !== '' && title.length <= longestTitle && !contentsHeading.test(title) ? title : undefined;
}

function byLine(lines: readonly string[]): string | undefined {
  const index = lines.findIndex((line) => /^[\s_]*by[\s_]*$/i.test(line));
  const below = index === -1 ? undefined : lines.slice(index + 1).find((line) => line.trim() !== '');
  const author = below ?? firstOf(lines, (line) => /^\s*by\s+(\p{Lu}.{1,80})$/iu.exec(line)?.[1]);
  return author === undefined ? undefined : cleanLine(author).replace(/[,;.]$/, '');
}

function readContents(lines: readonly string[]): Map<number, ContentsEntry> {
  const entries = new Map<number, ContentsEntry>();
  const start = lines.findIndex((line) => contentsHeading.test(line));
  if (start === -1) return entries;
  const contents = lines.slice(start + 1);
  const headings: { index: number; number: number; title: string }[] = [];
  for (const [index, line] of contents.entries()) {
    const match = entryHeading.exec(line);
    // Only 1, 2, 3, … are chapters; plates and appendices have numbers of their own.
    if (match !== null && parseNumber(match[1] ?? '') === headings.length + 1) {
      headings.push({ index, number: headings.length + 1, title: match[2] ?? '' });
    }
  }
  for (const [position, heading] of headings.entries()) {
    const text = contents.slice(heading.index + 1, headings[position + 1]?.index).join('\n');
    entries.set(heading.number, entryOf(heading.title, text));
  }
  return entries;
}

function entryOf(titleOnLine: string, text: string): ContentsEntry {
  const [own = ''] = text.split(/\n[ \t]*(?:\*[ \t]*){3,}\n/, 1);
  const paragraphs = cleanParagraphs(own.replace(pageNumber, '')).filter((paragraph) => paragraph.length > 1);
  const onLine = cleanLine(titleOnLine.replace(pageNumber, '').replace(/\]$/, ''));
  const title = onLine !== '' ? onLine : (paragraphs.shift() ?? '');
  return title.length <= longestTitle
    ? { title: properCase(title), summary: paragraphs.join(' ') }
    : { title: '', summary: [title, ...paragraphs].join(' ') };
}

const smallWords = new Set('a an and as at but by for from in nor of on or the to with'.split(' '));

/** Headings in capitals are set as titles are: `HOW TO LISTEN` becomes `How to Listen`. Others stay as they are. */
export function properCase(text: string): string {
  return /\p{Ll}/u.test(text) ? text : text.toLowerCase().split(' ').map(capitalize).join(' ');
}

function capitalize(word: string, index: number): string {
  if (smallWords.has(word) && index > 0) return word;
  if (/^[ivx]+\W*$/.test(word)) return word.toUpperCase();
  return word.replace(/(?<![\p{L}\p{N}'’])\p{L}/gu, (letter) => letter.toUpperCase());
}

function titleOfFile(fileName: string): string {
  const words = fileName
    .replace(/^.*[\\/]/, '')
    .replace(/\.[^.]*$/, '')
    .replace(/[-_]+/g, ' ')
    .trim();
  return words === '' ? 'untitled' : words.charAt(0).toUpperCase() + words.slice(1);
}

function firstOf(lines: readonly string[], read: (line: string) => string | undefined): string | undefined {
  for (const line of lines) {
    const found = read(line);
    if (found !== undefined && found.trim() !== '') return found.trim();
  }
  return undefined;
}
