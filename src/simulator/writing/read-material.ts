/**
 * Reads a prompt as a model would: which text is the source, which chapter each passage is from, what is asked.
 * Passages are recognised as `[chapter 4: The Modern Orchestra] text…`, as JSON (objects with a text and perhaps a
 * chapter), as fenced text, and as plain paragraphs, in this order of preference.
 */
import { isRecord } from '../read-input';
import type { InputRecord } from '../read-input';
import { findJson } from './find-json';
import { createPassage } from './material';
import type { Chapter, Material, Passage, PassageSource } from './material';
import { removeFences } from './remove-fences';
import { countWords, termsOf } from './words';

/** Fenced text below this is a value such as a topic, not a source. */
const shortestSource = 300;
/** Fewer words than this in a JSON string are a label. */
const shortestJsonWords = 8;

export function readMaterial(instructions: string, userTexts: readonly string[]): Material {
  const { text, fenced } = removeFences(userTexts.join('\n\n'));
  const json = findJson(text).map((block) => block.value);
  const labels = readLabels(text, json);
  const asked = [labels.topic, labels.heading, labels.question].filter((label) => label !== undefined).join(' ');
  const marked = readMarkedPassages(text);
  const sources = [
    [...marked, ...json.flatMap((value) => readJsonPassages(value))],
    fenced.filter((piece) => piece.length >= shortestSource).flatMap(readParagraphs),
    readParagraphs(text).filter((paragraph) => !isInstruction(paragraph.text)),
    readParagraphs(text),
  ];
  return {
    prompt: `${instructions}\n\n${text}`,
    passages: firstUseful(sources),
    chapters: readChapters(marked, json),
    ...(labels.topic === undefined ? {} : { topic: labels.topic }),
    ...(labels.heading === undefined ? {} : { heading: labels.heading }),
    queryTerms: termsOf(asked === '' ? firstLines(text) : asked),
  };
}

function firstUseful(candidates: readonly (readonly PassageSource[])[]): readonly Passage[] {
  for (const sources of candidates) {
    const passages = sources.map(createPassage).filter(({ sentences }) => sentences.some((one) => one.isWhole));
    if (passages.length > 0) return passages;
  }
  return [];
}

const markerPattern = /\[chapter (\d+)(?:\s*[:.–—-]\s*([^\]\n]+))?\][ \t]*/gi;

function readMarkedPassages(text: string): (PassageSource & { chapter: number })[] {
  const markers = [...text.matchAll(markerPattern)];
  return markers.map((marker, index) => {
    const start = marker.index + marker[0].length;
    const end = markers[index + 1]?.index ?? endOfLastPassage(text, start);
    const title = marker[2]?.trim();
    const passage = { chapter: Number(marker[1]), text: text.slice(start, end).trim() };
    return title === undefined ? passage : { ...passage, title };
  });
}

/** Behind the last marked passage the prompt may go on with instructions, after an empty line. */
function endOfLastPassage(text: string, start: number): number {
  const next = /\n\s*\n/.exec(text.slice(start));
  return next === null ? text.length : start + next.index;
}

/** Strings of some length, with the chapter and heading of the object they stand in. */
function readJsonPassages(value: unknown, place: Omit<PassageSource, 'text'> = {}): PassageSource[] {
  if (typeof value === 'string') return countWords(value) < shortestJsonWords ? [] : [{ ...place, text: value }];
  if (Array.isArray(value)) return value.flatMap((item) => readJsonPassages(item, place));
  if (!isRecord(value)) return [];
  const chapter = value['chapter'] ?? value['number'];
  const title = value['heading'] ?? value['chapterTitle'] ?? value['title'];
  const inner = {
    ...place,
    ...(typeof chapter === 'number' ? { chapter } : {}),
    ...(typeof title === 'string' ? { title } : {}),
  };
  return Object.entries(value)
    .filter(([key]) => !['question', 'heading', 'title', 'chapterTitle', 'topic'].includes(key))
    .flatMap(([, member]) => readJsonPassages(member, inner));
}

function readParagraphs(text: string): PassageSource[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => ({ text: paragraph.trim() }))
    .filter((paragraph) => paragraph.text !== '');
}

function isInstruction(text: string): boolean {
  const speaksToModel = /\b(?:JSON|schema|delimiters?|instructions?|you are|you must|passages?|exactly \w+)\b/i;
  return (
    speaksToModel.test(text) || /^(?:[-*\d.]+\s*)?(?:Write|Return|Use|Answer|Give|List|Quote|Cite|Do not)\b/.test(text)
  );
}

function readChapters(marked: readonly (PassageSource & { chapter: number })[], json: readonly unknown[]): Chapter[] {
  const chapters = new Map<number, Chapter>();
  const add = ({ number, title, text }: Chapter): void => {
    const known = chapters.get(number);
    chapters.set(number, { number, title: known?.title || title, text: `${known?.text ?? ''} ${text}`.trim() });
  };
  for (const { chapter, title = '', text } of marked) add({ number: chapter, title, text });
  for (const record of json.flatMap(recordsIn)) {
    const number = record['chapter'] ?? record['number'];
    const title = record['chapterTitle'] ?? record['title'];
    const text = record['excerpt'] ?? record['text'];
    if (Number.isInteger(number) && typeof title === 'string')
      add({ number: Number(number), title, text: isText(text) ? text : '' });
  }
  return [...chapters.values()].sort((a, b) => a.number - b.number);
}

function recordsIn(value: unknown): InputRecord[] {
  if (Array.isArray(value)) return value.flatMap(recordsIn);
  return isRecord(value) ? [value, ...Object.values(value).flatMap(recordsIn)] : [];
}

interface Labels {
  readonly topic?: string;
  readonly heading?: string;
  readonly question?: string;
}

/** `Topic: …`, `**Heading**: …`, `<question>…</question>`, or the member of a JSON object that is alone. */
function readLabels(text: string, json: readonly unknown[]): Labels {
  const entries = (['topic', 'heading', 'question'] as const).flatMap((name) => {
    const found =
      readLabel(text, name) ?? json.map((value) => (isRecord(value) ? value[name] : undefined)).find(isText);
    return found === undefined ? [] : [[name, found] as const];
  });
  return Object.fromEntries(entries);
}

function readLabel(text: string, name: string): string | undefined {
  const pattern = new RegExp(
    `(?:^|\\n)[^\\n\\p{L}"]*(?:[\\p{L}' ]{0,30} )?${name}\\b[^\\n:>"]{0,40}[:>]\\**[ \\t]*\\n?\\s*([^\\n]+)`,
    'iu',
  );
  const value = pattern
    .exec(text)?.[1]
    ?.replace(/<\/.*$/, '')
    .replace(/^["'“]|["'”.]+$/g, '')
    .trim();
  return value === undefined || value === '' || /^[[{]/.test(value) ? undefined : value;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Without labels, what is asked stands at the beginning or at the end. */
function firstLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return [lines[0] ?? '', lines.at(-1) ?? ''].join(' ');
}
