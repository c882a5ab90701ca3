/** Writes the text of a field by its name, out of the material. */
import type { Random } from '../random';
import { Extractor } from './extractor';
import type { Material, Sentence } from './material';
import { aspectsOf, chaptersNear } from './subjects';
import type { Subject } from './subjects';
import { cutAtWord, toTitleCase } from './words';

/** What the fields of one object have in common, so that they fit each other. */
export interface Scope {
  readonly subject?: Subject;
  /** The object quotes: its `chapter` is that of its quote. */
  readonly isQuoting: boolean;
  quoted?: Sentence;
}

export interface TextBounds {
  readonly minLength?: number;
  readonly maxLength?: number;
}

type FieldKind = 'quote' | 'heading' | 'title' | 'question' | 'paragraph' | 'conclusion' | 'summary' | 'sentence';

const kindsByName: readonly (readonly [FieldKind, RegExp])[] = [
  ['quote', /quot|excerpt|evidence|verbatim/],
  ['heading', /heading|headline|subtitle|name|label|caption/],
  ['title', /title/],
  ['question', /question/],
  ['paragraph', /paragraph/],
  ['conclusion', /conclusion|closing/],
  ['summary', /abstract|summary|overview|introduction|body|answer|text|content|reply|description|message/],
];

const nothingToSay = 'The prompt holds no passage to draw on.';
const quoteWords = { minWords: 8, maxWords: 40 };
const headingCharacters = 60;
/** What a reader would take for too long, in characters; schemas lose their bounds on the way to some providers. */
const usualMaxLength: Readonly<Record<FieldKind, number>> = {
  quote: 300,
  heading: 100,
  title: 100,
  question: 300,
  paragraph: 4_000,
  conclusion: 2_000,
  summary: 2_000,
  sentence: 500,
};

export function isQuoteName(name: string): boolean {
  return kindOf(name) === 'quote';
}

export interface WritingStyle {
  /** 1: as long as usual; less: shorter. */
  readonly generosity: number;
  /** Sentences that the first field with prose in it begins with. */
  readonly mentions?: readonly string[];
}

export class Writer {
  private readonly extractor: Extractor;
  private readonly generosity: number;
  private mentions: readonly string[];

  constructor(
    readonly material: Material,
    private readonly random: Random,
    { generosity, mentions = [] }: WritingStyle,
  ) {
    this.generosity = generosity;
    this.mentions = mentions;
    this.extractor = new Extractor(material, random);
  }

  writeText(name: string, scope: Scope, bounds: TextBounds): string {
    const kind = kindOf(name);
    if (kind === 'quote') return this.quote(scope, bounds);
    const maxLength = Math.min(bounds.maxLength ?? Number.POSITIVE_INFINITY, usualMaxLength[kind]);
    const text = [...this.takeMentions(kind), this.compose(kind, scope)].join(' ');
    return fit(text, { ...bounds, maxLength: Math.max(maxLength, bounds.minLength ?? 0) }, () => this.sentences(1));
  }

  private takeMentions(kind: FieldKind): readonly string[] {
    if (!['paragraph', 'conclusion', 'summary', 'sentence'].includes(kind)) return [];
    const taken = this.mentions;
    this.mentions = [];
    return taken;
  }

  /** The chapter a field of this object means, if the prompt has chapters. */
  chapterOf(scope: Scope): number | undefined {
    const quoted = scope.isQuoting ? this.quoted(scope)?.passage.chapter : undefined;
    return quoted ?? scope.subject?.chapter.number ?? this.material.chapters[0]?.number;
  }

  chaptersOf(scope: Scope, count: number): number[] {
    return chaptersNear(this.material, { ...scope, count }, this.random);
  }

  paragraph(): string {
    const count = this.generosity >= 1 ? this.random.int(3, 5) : this.generosity > 0 ? 3 : 1;
    return joined(this.extractor.takeParagraph(count));
  }

  private compose(kind: Exclude<FieldKind, 'quote'>, scope: Scope): string {
    switch (kind) {
      case 'heading':
        return this.heading(scope, this.material.heading);
      case 'title':
        return this.heading(scope, this.material.topic ?? this.material.heading);
      case 'question':
        return this.question(scope);
      case 'paragraph':
        return this.paragraph();
      case 'conclusion':
        return this.sentences(this.generosity >= 1 ? 3 : 1);
      case 'summary':
        return this.sentences(this.generosity >= 1 ? this.random.int(3, 4) : 1);
      case 'sentence':
        return this.sentences(1);
    }
  }

  /** Sentences from all over the material, each fit to stand by itself. */
  private sentences(count: number): string {
    const taken = Array.from({ length: count }, () => this.extractor.takeSentence({ maxWords: 45 }));
    return joined(taken.filter((sentence) => sentence !== undefined));
  }

  private heading({ subject }: Scope, label: string | undefined): string {
    if (subject !== undefined) {
      const { chapter, aspect } = subject;
      return aspect === undefined ? chapter.title : `${chapter.title}: ${aspect}`;
    }
    if (label !== undefined) return toTitleCase(label);
    return toTitleCase(cutAtWord(this.sentences(1), headingCharacters).replace(/[\s.,;:!?—-]+$/, ''));
  }

  private question({ subject }: Scope): string {
    const topic = this.material.topic ?? this.material.heading;
    if (subject === undefined) return `What does the text say about ${topic ?? 'its subject'}?`;
    const aspects = aspectsOf(subject.chapter);
    const first = subject.aspect ?? (aspects.length > 0 ? this.random.pick(aspects as [string]) : undefined);
    const second = aspects.find((aspect) => aspect !== first);
    const matter = [first, second].filter((aspect) => aspect !== undefined).map((aspect) => `“${aspect}”`);
    const about = matter.length > 0 ? matter.join(' and ') : (topic ?? 'its subject');
    return `What does the chapter “${subject.chapter.title}” say about ${about}?`;
  }

  private quoted(scope: Scope): Sentence | undefined {
    const quoted = scope.quoted ?? this.extractor.takeSentence(quoteWords);
    if (quoted !== undefined) scope.quoted = quoted;
    return quoted;
  }

  /** A literal piece of a passage, also when the bounds make it shorter or longer than its sentence. */
  private quote(
    scope: Scope,
    { minLength = 0, maxLength = Math.max(minLength, usualMaxLength.quote) }: TextBounds,
  ): string {
    const sentence = this.quoted(scope);
    if (sentence === undefined) return fit(nothingToSay, { minLength, maxLength }, () => '');
    if (sentence.text.length >= minLength) return cutAtWord(sentence.text, maxLength);
    const { text } = sentence.passage;
    const start = Math.max(0, Math.min(sentence.start, text.length - minLength));
    return fit(text.slice(start, start + minLength), { minLength }, () => '');
  }
}

function kindOf(name: string): FieldKind {
  const lower = name.toLowerCase();
  return kindsByName.find(([, pattern]) => pattern.test(lower))?.[0] ?? 'sentence';
}

function joined(sentences: readonly Sentence[]): string {
  return sentences.length === 0 ? nothingToSay : sentences.map((sentence) => sentence.printed).join(' ');
}

/** `more` gives further text while the bounds want it longer; when there is none, dots fill up. */
function fit(
  text: string,
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY }: TextBounds,
  more: () => string,
): string {
  let longer = text;
  while (longer.length < minLength) {
    const next = more();
    longer = next === '' ? longer.padEnd(minLength, '.') : `${longer} ${next}`;
  }
  const cut = cutAtWord(longer, maxLength);
  return cut.length >= minLength ? cut : longer.slice(0, maxLength);
}
