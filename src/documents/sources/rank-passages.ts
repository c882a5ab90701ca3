/**
 * Picks the passages of some chapters that belong to a question: Okapi BM25 over their paragraphs, as far as the
 * space goes, in reading order. Equal input gives equal output: nothing here depends on time, chance or locale.
 */
import type { Passage } from '../../contracts/pipelines/research-report';
import type { Chapter } from './parse-book';
import { splitText } from './split-text';
import { termsOf } from './terms';

/** BM25's own: how soon repetition stops counting, and how much long paragraphs are held back. */
const k1 = 1.2;
const b = 0.75;
/** Longer paragraphs are split: a passage should be about one thing. */
const longestPassage = 1_600;
/** Shorter paragraphs (`From the second:`) say nothing on their own. */
const shortestPassage = 80;

interface Candidate {
  readonly passage: Passage;
  /** Place in reading order. */
  readonly order: number;
  readonly score: number;
}

/**
 * Every chapter with a match gives its best passage first, as far as `maxCharacters` (all passages together) goes;
 * then the best of all follow. Without any match the chapters' openings are taken: never empty while there is text.
 */
export function rankPassages(chapters: readonly Chapter[], question: string, maxCharacters: number): Passage[] {
  const candidates = scoreAll(passagesOf(chapters, Math.min(longestPassage, maxCharacters)), termsOf(question));
  const matching = candidates.filter(({ score }) => score > 0).sort((a, c) => c.score - a.score || a.order - c.order);
  const preferred = [...bestOfEachChapter(matching.length > 0 ? matching : candidates), ...matching];
  const chosen = new Set<Candidate>();
  let left = maxCharacters;
  for (const candidate of preferred) {
    if (chosen.has(candidate) || candidate.passage.text.length > left) continue;
    chosen.add(candidate);
    left -= candidate.passage.text.length;
  }
  return [...chosen].sort((a, c) => a.order - c.order).map(({ passage }) => passage);
}

function bestOfEachChapter(ordered: readonly Candidate[]): Candidate[] {
  const chapters = new Set<number>();
  return ordered.filter(({ passage }) => !chapters.has(passage.chapter) && chapters.add(passage.chapter));
}

export function passagesOf(chapters: readonly Chapter[], longest = longestPassage): Passage[] {
  return chapters.flatMap((chapter) => {
    const long = chapter.paragraphs.filter((paragraph) => paragraph.length >= shortestPassage);
    return (long.length > 0 ? long : chapter.paragraphs)
      .flatMap((paragraph) => splitText(paragraph, longest))
      .map((text) => ({ chapter: chapter.number, chapterTitle: chapter.title, text }));
  });
}

function scoreAll(passages: readonly Passage[], query: readonly string[]): Candidate[] {
  const wanted = new Set(query);
  const documents = passages.map(({ text }) => countTerms(termsOf(text)));
  const averageLength = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length);
  const rarity = new Map(
    [...wanted].map((term) => {
      const holding = documents.filter(({ counts }) => counts.has(term)).length;
      return [term, Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5))] as const;
    }),
  );
  return passages.map((passage, order) => {
    const { counts, length } = documents[order] ?? { counts: new Map<string, number>(), length: 0 };
    const damping = k1 * (1 - b + (b * length) / Math.max(1, averageLength));
    let score = 0;
    for (const [term, weight] of rarity) {
      const count = counts.get(term) ?? 0;
      score += (weight * count * (k1 + 1)) / (count + damping);
    }
    return { passage, order, score };
  });
}

function countTerms(terms: readonly string[]): { counts: Map<string, number>; length: number } {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return { counts, length: terms.length };
}
