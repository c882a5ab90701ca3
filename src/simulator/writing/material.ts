/** What a prompt gives a writer to work with. */
import { countWords, termsOf, tidy } from './words';
import { splitSentences } from './split-sentences';

export interface Sentence {
  /** Literal piece of the passage's text. */
  readonly text: string;
  /** The same as it is printed. */
  readonly printed: string;
  readonly passage: Passage;
  /** Position among the passage's sentences. */
  readonly index: number;
  readonly start: number;
  readonly words: number;
  readonly terms: ReadonlySet<string>;
  /** Complete and readable by itself: fit to be quoted. */
  readonly isWhole: boolean;
}

export interface Passage {
  /** Number of the chapter the prompt says it is from. */
  readonly chapter?: number;
  /** Title of that chapter, or the heading it stands under. */
  readonly title?: string;
  readonly text: string;
  /** Position among the prompt's passages. */
  readonly order: number;
  readonly sentences: readonly Sentence[];
}

export interface Chapter {
  readonly number: number;
  readonly title: string;
  /** What the prompt says is in it. */
  readonly text: string;
}

export interface Material {
  /** Instructions and prompt without delimiters: what counts and labels are read from. */
  readonly prompt: string;
  readonly passages: readonly Passage[];
  /** In order of their numbers. */
  readonly chapters: readonly Chapter[];
  readonly topic?: string;
  readonly heading?: string;
  /** What is asked, as terms to compare with. */
  readonly queryTerms: ReadonlySet<string>;
}

export interface PassageSource {
  readonly chapter?: number;
  readonly title?: string;
  readonly text: string;
}

export function createPassage(source: PassageSource, order: number): Passage {
  const sentences: Sentence[] = [];
  const passage: Passage = { ...source, order, sentences };
  for (const { start, end } of splitSentences(source.text)) {
    const text = source.text.slice(start, end);
    const words = countWords(text);
    const facts = { words, terms: termsOf(text), isWhole: isReadable(text, words) };
    sentences.push({ text, printed: tidy(text), passage, index: sentences.length, start, ...facts });
  }
  return passage;
}

const shortestWords = 5;
const longestWords = 70;

function isReadable(text: string, words: number): boolean {
  if (words < shortestWords || words > longestWords) return false;
  // Marginal notes, verse (indented lines), tables and data are no sentences.
  if (/\[(?:Sidenote|Illustration|Footnote)|\n {3,}|\n\s*\n|[{}|]|\* \* |\((?:see|cf\.) /i.test(text)) return false;
  return /^["'“‘(_]*\p{Lu}/u.test(text) && /[.!?]["'”’)_]*$/.test(text) && isBalanced(text);
}

function isBalanced(text: string): boolean {
  const count = (character: string): number => text.split(character).length - 1;
  return count('"') % 2 === 0 && count('(') === count(')') && count('“') === count('”') && count('_') % 2 === 0;
}
