import type { Citation, Passage, Section } from '../../../src/contracts/pipelines/research-report';
import { keepVerifiedCitations } from '../../../src/workflows/policy/verify-citations';

const passages: Passage[] = [
  {
    chapter: 1,
    chapterTitle: 'Introduction',
    text: 'Of all the arts, music is practised most and thought about least.',
  },
  { chapter: 1, chapterTitle: 'Introduction', text: `It rests on "simple terms"—Tennyson's, say—that are confounded…` },
  { chapter: 2, chapterTitle: 'Elements', text: 'Music is dual in its nature; it is material as well as spiritual.' },
];

const sectionWith = (...citations: Citation[]): Section => ({ heading: 'H', paragraphs: ['P'], citations });
const isKept = (quote: string, chapter = 1): boolean =>
  keepVerifiedCitations(sectionWith({ chapter, quote }), passages).citations.length === 1;

describe('keepVerifiedCitations', () => {
  test.each([
    ['a whole passage', 'Of all the arts, music is practised most and thought about least.'],
    ['words from the middle', 'music is practised most'],
    ['other white space', 'music  is\npractised\u00a0most'],
    ['curly quotation marks', 'It rests on “simple terms”'],
    ['a curly apostrophe', 'Tennyson’s, say'],
    ['a dash written as two hyphens', `"simple terms"--Tennyson's`],
    ['three full stops for an ellipsis', 'that are confounded...'],
    ['quotation marks around the quotation', '“music is practised most”'],
  ])('keeps %s', (_, quote) => {
    expect(isKept(quote)).toBe(true);
  });

  test.each([
    ['a word changed', 'music is practiced most'],
    ['a capital changed', 'Music is practised most'],
    ['words left out', 'Of all the arts, music is thought about least.'],
    ['words of two passages', 'thought about least. It rests on'],
    ['nothing', ''],
    ['nothing but quotation marks', ' “” '],
  ])('drops a quotation with %s', (_, quote) => {
    expect(isKept(quote)).toBe(false);
  });

  test('drops a literal quotation that names another chapter', () => {
    expect(isKept('Music is dual in its nature', 2)).toBe(true);
    expect(isKept('Music is dual in its nature', 1)).toBe(false);
    expect(isKept('Music is dual in its nature', 3)).toBe(false);
  });

  test('keeps the first of two that quote the same words', () => {
    const first = { chapter: 1, quote: 'music is practised most' };
    const again = { chapter: 1, quote: ' “music is practised most” ' };
    expect(keepVerifiedCitations(sectionWith(first, again), passages).citations).toEqual([first]);
  });

  test('leaves heading, paragraphs and the order of what it keeps as they are, and its input alone', () => {
    const kept = [
      { chapter: 2, quote: 'material as well as spiritual' },
      { chapter: 1, quote: 'thought about least' },
    ];
    const section = sectionWith(kept[0] as Citation, { chapter: 1, quote: 'invented words' }, kept[1] as Citation);
    expect(keepVerifiedCitations(section, passages)).toEqual({ heading: 'H', paragraphs: ['P'], citations: kept });
    expect(section.citations).toHaveLength(3);
    expect(keepVerifiedCitations(section, []).citations).toEqual([]);
  });
});
