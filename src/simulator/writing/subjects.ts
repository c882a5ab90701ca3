/** What the items of a list are about: one chapter of the prompt each, the ones that bear on what is asked. */
import type { Random } from '../random';
import type { Chapter, Material } from './material';
import { countWords, termsOf, tidy } from './words';

export interface Subject {
  readonly chapter: Chapter;
  /** Names something in the chapter; set when the chapter is a subject for the second time. */
  readonly aspect?: string;
}

const chanceShare = 0.5;

/** `count` subjects in order of their chapters. Empty when the prompt names no chapters. */
export function planSubjects(material: Material, count: number, random: Random): readonly Subject[] {
  const ranked = rankChapters(material, random);
  const subjects: Subject[] = [];
  for (let round = 0; subjects.length < count && ranked.length > 0; round += 1) {
    for (const chapter of ranked.slice(0, count - subjects.length)) {
      const aspect = round === 0 ? undefined : aspectsOf(chapter)[round - 1];
      subjects.push({ chapter, ...(aspect === undefined ? {} : { aspect }) });
    }
  }
  return subjects.sort((a, b) => a.chapter.number - b.chapter.number);
}

/** Numbers of the chapters nearest to what a subject, or else the prompt, is about, in their order. */
export function chaptersNear(material: Material, near: { subject?: Subject; count: number }, random: Random): number[] {
  const ranked = rankChapters(material, random);
  const own = near.subject?.chapter;
  if (own === undefined) return numbersOf(ranked.slice(0, near.count));
  const terms = termsOf(`${own.title} ${own.text}`);
  const others = ranked
    .filter((chapter) => chapter !== own)
    .sort((a, b) => sharedTerms(b, terms) - sharedTerms(a, terms));
  return numbersOf([own, ...others].slice(0, near.count));
}

function numbersOf(chapters: readonly Chapter[]): number[] {
  return chapters.map((chapter) => chapter.number).sort((a, b) => a - b);
}

/** Short phrases that say what is in a chapter. */
export function aspectsOf({ text }: Chapter): string[] {
  return text
    .split(/--|—|;|(?<=[.!?])\s/)
    .map((phrase) => tidy(phrase).replace(/[.,:]+$/, ''))
    .filter((phrase) => countWords(phrase) >= 2 && countWords(phrase) <= 9 && !/[[\]"…]|\.\.$/.test(phrase));
}

function rankChapters({ chapters, queryTerms }: Material, random: Random): readonly Chapter[] {
  const scored = chapters.map((chapter) => {
    // What the title says weighs more than a mention in the text.
    const inTitle = [...termsOf(chapter.title)].filter((term) => queryTerms.has(term)).length;
    return { chapter, score: 3 * inTitle + sharedTerms(chapter, queryTerms) + random.next() * chanceShare };
  });
  return scored.sort((a, b) => b.score - a.score).map(({ chapter }) => chapter);
}

function sharedTerms(chapter: Chapter, terms: ReadonlySet<string>): number {
  return [...termsOf(chapter.text)].filter((term) => terms.has(term)).length;
}
