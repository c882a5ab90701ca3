import { z } from 'zod';
import { countTokens } from '../../../src/simulator/tokenizer';
import { writeAnswer } from '../../../src/simulator/writing/write-answer';
import type { WritingTask } from '../../../src/simulator/writing/write-answer';
import { fenceToken, passages, sectionPrompt } from './passages';

type JsonSchema = NonNullable<WritingTask['schema']>;

function answer(schema: JsonSchema | undefined, prompt = sectionPrompt, seed = 's', outputLimit = 8_000): string {
  const task = { instructions: 'You write reports.', messages: [{ role: 'user' as const, text: prompt }], outputLimit };
  return writeAnswer(schema === undefined ? task : { ...task, schema }, seed);
}

function fill(schema: JsonSchema, prompt?: string, seed?: string): unknown {
  return JSON.parse(answer(schema, prompt, seed)) as unknown;
}

const seeds = Array.from({ length: 20 }, (_, index) => `seed ${index}`);
/** As text is printed: one blank where the source breaks a line. */
const sourceText = passages.map((passage) => passage.text.replace(/\s+/g, ' ')).join(' ');

const section = z.strictObject({
  heading: z.string().min(3).max(120),
  paragraphs: z.array(z.string().min(40)).min(1).max(6),
  citations: z.array(z.strictObject({ chapter: z.int().positive(), quote: z.string().min(10).max(300) })).min(1),
});
type Section = z.infer<typeof section>;

function sectionOf(seed: string): Section {
  return section.parse(fill(z.toJSONSchema(section), sectionPrompt, seed));
}

interface Tree {
  name: string;
  children: Tree[];
  parent: Tree | null;
}
const tree: z.ZodType<Tree> = z.strictObject({
  name: z.string(),
  get children() {
    return z.array(tree).max(2);
  },
  get parent() {
    return tree.nullable();
  },
});
/** Only its alternative ends it. */
const endless: z.ZodType = z.strictObject({
  get next() {
    return z.union([endless, z.null()]);
  },
});

describe('filling a schema', () => {
  test.each<[string, z.ZodType]>([
    [
      'strings with bounds',
      z.strictObject({ a: z.string().min(200), b: z.string().max(12), c: z.string().length(33) }),
    ],
    ['an empty string', z.strictObject({ nothing: z.string().max(0) })],
    ['literals and enums', z.strictObject({ a: z.literal('fixed'), b: z.enum(['x', 'y']), c: z.literal([1, 2]) })],
    ['bounded whole numbers', z.strictObject({ a: z.int().min(5).max(7), b: z.int().negative(), c: z.int() })],
    [
      'bounded numbers',
      z.strictObject({ a: z.number().gt(0).lt(1), b: z.number().min(-3).max(-2), c: z.number().multipleOf(0.5) }),
    ],
    ['a share of certainty', z.strictObject({ confidence: z.number().min(0).max(1) })],
    ['a certainty in percent', z.strictObject({ confidence: z.int().min(0).max(100) })],
    ['booleans and null', z.strictObject({ a: z.boolean(), b: z.null() })],
    ['nullable fields', z.strictObject({ a: z.string().nullable(), b: z.int().nullable() })],
    ['optional fields', z.strictObject({ a: z.string().optional() })],
    ['unions', z.strictObject({ a: z.union([z.strictObject({ kind: z.literal('n'), n: z.int() }), z.string()]) })],
    ['lists within bounds', z.strictObject({ a: z.array(z.string()).min(4).max(4), b: z.array(z.int()).max(1) })],
    ['an empty list', z.strictObject({ a: z.array(z.string()).max(0) })],
    ['tuples', z.strictObject({ a: z.tuple([z.string(), z.int()]) })],
    ['formats', z.strictObject({ a: z.iso.datetime(), b: z.email(), c: z.uuid(), d: z.iso.date(), e: z.url() })],
    ['records', z.strictObject({ a: z.record(z.string(), z.int()) })],
    ['intersections', z.intersection(z.object({ a: z.string() }), z.object({ b: z.int().min(3) }))],
    ['property names with special characters', z.strictObject({ 'a+(b': z.array(z.string()), $ref_: z.int() })],
    ['recursion', tree],
    ['recursion that only null ends', endless],
    [
      'lists of objects of lists',
      z.strictObject({ rows: z.array(z.strictObject({ cells: z.array(z.int()) })).min(2) }),
    ],
  ])('%s', (_name, schema) => {
    for (const seed of seeds) {
      const value = fill(z.toJSONSchema(schema), sectionPrompt, seed);
      expect(schema.safeParse(value)).toMatchObject({ success: true });
    }
  });

  test('references to definitions are followed', () => {
    const schema = {
      $defs: { 'a/b': { type: 'object', properties: { n: { $ref: '#/$defs/n' } }, required: ['n'] }, n: { const: 4 } },
      $ref: '#/$defs/a~1b',
    };
    expect(fill(schema)).toEqual({ n: 4 });
  });

  test('bounds that an SDK moved into the description are kept', () => {
    const schema = {
      type: 'object',
      properties: {
        items: { type: 'array', items: { type: 'integer' }, description: 'Numbers\n\n{minItems: 6, maxItems: 6}' },
        short: { type: 'string', description: '{maxLength: 20}' },
      },
    };
    const value = fill(schema) as { items: number[]; short: string };
    expect(value.items).toHaveLength(6);
    expect(value.short.length).toBeLessThanOrEqual(20);
  });

  test.each([
    ['exactly 7 sections', 7],
    ['exactly three sections', 3],
    ['Plan exactly 6 numbered sections.', 6],
    ['at least 9 sections', [9, 10]],
    ['between two and 3 sections', [2, 3]],
    ['exactly 20 sections', 12],
  ])('a prompt that says "%s" gets %j, within the schema', (phrase, expected) => {
    const schema = {
      type: 'object',
      properties: { sections: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 12 } },
    };
    const lengths = seeds.map((seed) => (fill(schema, phrase, seed) as { sections: number[] }).sections.length);
    expect([expected].flat()).toEqual(expect.arrayContaining(lengths));
  });

  test('an enum takes the value the text speaks of', () => {
    const schema = {
      type: 'object',
      properties: { intent: { enum: ['card_arrival', 'exchange_rate', 'lost_phone'] } },
    };
    const prompt = 'Classify the message of a customer.\n\nWhere is my new card? It should have arrived last week.';
    expect(fill(schema, prompt)).toEqual({ intent: 'card_arrival' });
  });

  test('a schema without any text in the prompt is still filled', () => {
    expect(section.safeParse(fill(z.toJSONSchema(section), 'Go.'))).toMatchObject({ success: true });
  });
});

describe('writing a section of a report', () => {
  test('every quote is a literal piece of a passage of its chapter', () => {
    for (const { citations } of seeds.map(sectionOf)) {
      for (const { chapter, quote } of citations) {
        expect(passages.find((passage) => passage.chapter === chapter)?.text).toContain(quote);
      }
    }
  });

  test('a quote stays literal when its bounds are shorter or longer than its sentence', () => {
    const bounded = (bounds: object): string => {
      const schema = { type: 'object', properties: { quote: { type: 'string', ...bounds } } };
      return (fill(schema) as { quote: string }).quote;
    };
    const short = bounded({ maxLength: 25 });
    const long = bounded({ minLength: 150 });
    expect(short.length).toBeLessThanOrEqual(25);
    expect(long.length).toBeGreaterThanOrEqual(150);
    for (const quote of [short, long]) expect(passages.some(({ text }) => text.includes(quote))).toBe(true);
  });

  test('paragraphs are whole sentences of the passages, and nothing is said twice', () => {
    for (const { paragraphs, citations } of seeds.map(sectionOf)) {
      expect(paragraphs).toHaveLength(2);
      const sentences = paragraphs.flatMap((paragraph) => paragraph.split(/(?<=[^r]\.) /));
      for (const sentence of sentences) expect(sourceText).toContain(sentence);
      const said = [...sentences, ...citations.map(({ quote }) => quote.replace(/\s+/g, ' '))];
      expect(new Set(said).size).toBeGreaterThanOrEqual(Math.min(said.length, 10));
    }
  });

  test('the heading is the one asked for', () => {
    expect(sectionOf('s').heading).toBe('The Voices of the Strings');
  });

  test('what answers the question comes first', () => {
    const first = seeds.map((seed) => sectionOf(seed).paragraphs[0] ?? '');
    const toThePoint = first.filter((paragraph) => paragraph.includes('carry most of its melody'));
    expect(toThePoint.length).toBeGreaterThan(seeds.length * 0.8);
  });

  test('neither delimiters nor instructions are repeated', () => {
    for (const seed of seeds) {
      const text = answer(z.toJSONSchema(section), sectionPrompt, seed);
      expect(text).not.toContain(fenceToken);
      expect(text).not.toMatch(/JSON|instructions|\[chapter/);
    }
  });

  test('headings and quotes keep to a usual length when the schema names none', () => {
    const schema = { type: 'object', properties: { title: { type: 'string' }, quote: { type: 'string' } } };
    const prompt = `Topic: ${'a very long topic '.repeat(12)}\n\n[chapter 1: One] The ${'long and '.repeat(38)}sentence ends.`;
    const value = fill(schema, prompt) as { title: string; quote: string };
    expect(value.title.length).toBeLessThanOrEqual(100);
    expect(value.quote.length).toBeLessThanOrEqual(300);
  });

  test('the seed decides where it begins', () => {
    expect(new Set(seeds.map((seed) => JSON.stringify(sectionOf(seed)))).size).toBeGreaterThan(5);
  });

  test('it is written shorter when the cap is low, and stays valid', () => {
    const whole = answer(z.toJSONSchema(section));
    const cap = Math.floor(countTokens(whole) * 0.7);
    const short = answer(z.toJSONSchema(section), sectionPrompt, 's', cap);
    expect(countTokens(short)).toBeLessThanOrEqual(cap);
    expect(section.safeParse(JSON.parse(short))).toMatchObject({ success: true });
  });
});

describe('writing an outline', () => {
  const chapters = [
    { number: 1, title: 'Introduction', excerpt: 'Purpose and scope--A warning against pedants.' },
    { number: 4, title: 'The Modern Orchestra', excerpt: 'The Strings--The Brass--The Conductor and the orchestra.' },
    { number: 7, title: 'At the Opera', excerpt: 'Instability of taste--Operatic audiences.' },
  ];
  const outline = z.strictObject({
    title: z.string(),
    sections: z.array(
      z.strictObject({ heading: z.string(), question: z.string(), chapters: z.array(z.int()).min(1).max(2) }),
    ),
  });
  const promptOf = (sections: number): string =>
    `Plan a report with exactly ${sections} sections.\n\nTopic: how an orchestra works\n\nChapters:\n${JSON.stringify(chapters, null, 2)}`;
  const planOf = (sections: number): z.infer<typeof outline> =>
    outline.parse(fill(z.toJSONSchema(outline), promptOf(sections)));

  test('sections are about chapters of the prompt, in their order, each with its own heading', () => {
    const plan = planOf(3);
    expect(plan.title).toBe('How an Orchestra Works');
    expect(plan.sections.map(({ heading }) => heading)).toEqual(chapters.map(({ title }) => title));
    expect(plan.sections.map((one, index) => one.chapters.includes(chapters[index]?.number ?? 0))).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('fewer sections than chapters take the chapters that bear on the topic', () => {
    expect(planOf(1).sections.map(({ heading }) => heading)).toEqual(['The Modern Orchestra']);
  });

  test('more sections than chapters get different headings', () => {
    const headings = planOf(5).sections.map(({ heading }) => heading);
    expect(new Set(headings).size).toBe(5);
  });

  test('marked passages serve as chapters too', () => {
    const value = fill(z.toJSONSchema(outline), sectionPrompt) as z.infer<typeof outline>;
    expect(value.sections.flatMap((one) => one.chapters).every((chapter) => [3, 4].includes(chapter))).toBe(true);
  });
});

describe('writing a synthesis', () => {
  test('abstract, findings and conclusion come from the sections', () => {
    const sections = passages.map(({ title, text }) => ({ heading: title, summary: text.replace(/\s+/g, ' ') }));
    const synthesis = z.strictObject({
      title: z.string(),
      abstract: z.string(),
      keyFindings: z.array(z.string()).min(2).max(7),
      conclusion: z.string(),
    });
    const prompt = `Topic: the orchestra\n\nWrite 2 to 3 key findings.\n\nSections:\n${JSON.stringify(sections)}`;
    const value = synthesis.parse(fill(z.toJSONSchema(synthesis), prompt));
    expect(value.title).toBe('The Orchestra');
    for (const finding of value.keyFindings) expect(sourceText).toContain(finding);
    expect(sourceText).toContain(value.abstract.split(/(?<=[^r]\.) /)[0]);
  });
});

describe('writing plain text', () => {
  test('is an extract of the text that was given', () => {
    const prompt = `Summarise this for me.\n\n${passages.map(({ text }) => text).join('\n\n')}`;
    const [first = ''] = answer(undefined, prompt).split(/(?<=[^r]\.) /);
    expect(sourceText).toContain(first);
  });

  test('says so when there is no text', () => {
    expect(answer(undefined, 'Hello!')).toBe('The prompt holds no passage to draw on.');
  });
});
