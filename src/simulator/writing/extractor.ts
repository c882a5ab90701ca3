/**
 * Takes sentences out of the material, the most relevant first, never the same one twice while there are others, and
 * from one passage after the other rather than all from the best.
 */
import type { Random } from '../random';
import type { Material, Passage, Sentence } from './material';
import { termsOf } from './words';

/** How much relevance a passage loses each time something was taken from it. */
const usePenalty = 0.45;
/** How much chance there is in the choice between two sentences. */
const chanceShare = 0.25;
/** A sentence that leans on the one before is a bad beginning. */
const leaningPattern =
  /^["'“‘(_]*(?:it|he|she|they|but|and|or|so|thus|hence|here|there|then|yet|for|nor|its|his|her|their|both|again|moreover|however|(?:[\p{L},]+ ){0,2}(?:this|these|that|those|such|same|latter|former|another|now))\b/iu;
const leaningPenalty = 0.6;
/** One who speaks of himself says little about the subject. */
const personalPattern = /\b(?:I|me|my)\b/;
const personalPenalty = 0.3;
/** What a passage gains when the question names the chapter it is from. */
const titleShare = 0.6;

export interface SentenceWish {
  readonly minWords?: number;
  readonly maxWords?: number;
}

export class Extractor {
  private readonly scores = new Map<Sentence, number>();
  /** As printed: the same sentence may stand in two passages. */
  private readonly taken = new Set<string>();
  private readonly uses = new Map<Passage, number>();

  constructor(material: Material, random: Random) {
    const sentences = material.passages.flatMap((passage) => passage.sentences).filter((one) => one.isWhole);
    const rarity = rarityIn(sentences);
    for (const sentence of sentences) {
      const shared = [...sentence.terms].filter((term) => material.queryTerms.has(term));
      const relevance = shared.reduce((sum, term) => sum + (rarity.get(term) ?? 0), 0);
      const fitness = titleShare * shareOf(sentence.passage.title, material.queryTerms) - penaltyOf(sentence.text);
      this.scores.set(sentence, relevance / Math.sqrt(8 + sentence.words) + fitness + random.next() * chanceShare);
    }
  }

  /** The best sentence left; when all are taken, the best of all. Undefined when the material has none. */
  takeSentence({ minWords = 0, maxWords = Number.POSITIVE_INFINITY }: SentenceWish = {}): Sentence | undefined {
    const left = [...this.scores.keys()].filter((sentence) => this.isFree(sentence));
    const wished = left.filter(({ words }) => words >= minWords && words <= maxWords);
    const best = this.bestOf(wished) ?? this.bestOf(left) ?? this.bestOf([...this.scores.keys()]);
    if (best !== undefined) this.take(best);
    return best;
  }

  /** A run of sentences that follow each other, filled up from the same chapter when the run is short. */
  takeParagraph(count: number): readonly Sentence[] {
    const first = this.takeSentence();
    if (first === undefined) return [];
    const run = [first];
    while (run.length < count) {
      const next = this.untaken(run.at(-1), 1) ?? this.untaken(run[0], -1) ?? this.relatedTo(first);
      if (next === undefined) break;
      this.taken.add(next.printed);
      run.push(next);
      run.sort(byPlace);
    }
    return run;
  }

  private bestOf(sentences: readonly Sentence[]): Sentence | undefined {
    let best: Sentence | undefined;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const sentence of sentences) {
      const score = (this.scores.get(sentence) ?? 0) - (this.uses.get(sentence.passage) ?? 0) * usePenalty;
      if (score > bestScore) [best, bestScore] = [sentence, score];
    }
    return best;
  }

  private isFree({ printed }: Sentence): boolean {
    return !this.taken.has(printed);
  }

  private take(sentence: Sentence): void {
    this.taken.add(sentence.printed);
    this.uses.set(sentence.passage, (this.uses.get(sentence.passage) ?? 0) + 1);
  }

  /** The neighbour of a sentence, if it is fit and free. */
  private untaken(sentence: Sentence | undefined, step: 1 | -1): Sentence | undefined {
    const neighbour = sentence?.passage.sentences[sentence.index + step];
    return neighbour !== undefined && neighbour.isWhole && this.isFree(neighbour) ? neighbour : undefined;
  }

  private relatedTo({ passage }: Sentence): Sentence | undefined {
    const free = [...this.scores.keys()].filter((sentence) => this.isFree(sentence));
    const sameChapter = free.filter((sentence) => {
      return (
        sentence.passage === passage || (passage.chapter !== undefined && sentence.passage.chapter === passage.chapter)
      );
    });
    return this.bestOf(sameChapter);
  }
}

/** Rare terms say more than common ones. */
function rarityIn(sentences: readonly Sentence[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of sentences.flatMap((sentence) => [...sentence.terms]))
    counts.set(term, (counts.get(term) ?? 0) + 1);
  return new Map([...counts].map(([term, count]) => [term, Math.log(1 + sentences.length / count)]));
}

function penaltyOf(text: string): number {
  return (leaningPattern.test(text) ? leaningPenalty : 0) + (personalPattern.test(text) ? personalPenalty : 0);
}

/** Share of a title's terms that are asked for. */
function shareOf(title: string | undefined, terms: ReadonlySet<string>): number {
  const own = [...termsOf(title ?? '')];
  return own.length === 0 ? 0 : own.filter((term) => terms.has(term)).length / own.length;
}

function byPlace(a: Sentence, b: Sentence): number {
  return a.passage.order - b.passage.order || a.index - b.index;
}
