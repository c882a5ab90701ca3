import fc from 'fast-check';
import type { Chapter } from '../../../src/documents/sources/parse-book';
import { rankPassages } from '../../../src/documents/sources/rank-passages';
import { sentencesOf, splitText } from '../../../src/documents/sources/split-text';
import { termsOf } from '../../../src/documents/sources/terms';

describe('splitText', () => {
  test('cuts at sentence ends, as late as possible', () => {
    expect(splitText('One is. Two is. Three is.', 16)).toEqual(['One is. Two is.', 'Three is.']);
  });

  test('cuts a sentence that is too long between words, and a word anywhere', () => {
    expect(splitText('one two three', 8)).toEqual(['one two', 'three']);
    expect(splitText('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(splitText('ab😀cd', 3)).toEqual(['ab', '😀c', 'd']);
  });

  test('loses no word and keeps to the limit, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', ' ', '. ', '? ', '" '), maxLength: 120 }),
        fc.integer({ min: 2, max: 40 }),
        (raw, longest) => {
          const text = raw.replace(/\s+/g, ' ').trim();
          const pieces = splitText(text, longest);
          expect(pieces.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(longest);
        },
      ),
    );
  });
});

describe('sentencesOf', () => {
  test.each([
    ['He came. She went! Why? "So." He left.', ['He came.', 'She went!', 'Why?', '"So."', 'He left.']],
    ['Mr. W. J. Henderson and Dr. Brown came. They left.', ['Mr. W. J. Henderson and Dr. Brown came.', 'They left.']],
    ['See Op. 27, No. 2, e.g. Here. Done', ['See Op. 27, No. 2, e.g. Here.', 'Done']],
    ['no end', ['no end']],
  ])('reads %j', (text, sentences) => {
    expect(sentencesOf(text)).toEqual(sentences);
  });
});

describe('termsOf', () => {
  test.each([
    ['symphonies', 'symphony'],
    ['Listening', 'listened'],
    ['planned', 'plan'],
    ['judging', 'judges'],
    ['Opéra', 'opera'],
    ["Beethoven's", 'Beethoven'],
    ['choruses', 'chorus'],
    ['masses', 'mass'],
    ['notes', 'note'],
    ['oboes', 'oboe'],
    ['dies', 'die'],
  ])('brings %s and %s together', (a, b) => {
    expect(termsOf(a)).toEqual(termsOf(b));
  });

  test('leaves function words out', () => {
    expect(termsOf('What is the music of it?')).toEqual(['music']);
  });
});

describe('rankPassages', () => {
  const chapter = (number: number, ...paragraphs: string[]): Chapter => ({
    number,
    title: `T${number}`,
    paragraphs,
    words: 0,
    excerpt: '',
  });
  const about = (subject: string): string =>
    `This paragraph tells the reader at some length about ${subject}, and about nothing else at all.`;
  const textsOf = (chapters: Chapter[], question: string, space: number): string[] =>
    rankPassages(chapters, question, space).map(({ text }) => text);

  test('prefers paragraphs with the rarer words of the question', () => {
    const chapters = [chapter(1, about('music and violins'), about('music and dance'), about('music and oboes'))];
    expect(textsOf(chapters, 'music for oboes', 120)).toEqual([about('music and oboes')]);
  });

  test('gives every matching chapter its best passage before a second one of the best chapter', () => {
    const chapters = [
      chapter(1, about('oboes'), about('oboes and more oboes')),
      chapter(2, about('one oboe and trumpets')),
    ];
    expect(rankPassages(chapters, 'oboes', 230).map((passage) => passage.chapter)).toEqual([1, 2]);
  });

  test('takes the openings when nothing matches', () => {
    const chapters = [chapter(1, about('a'), about('b')), chapter(2, about('c'))];
    expect(textsOf(chapters, 'oboes', 1_000)).toEqual([about('a'), about('c')]);
  });

  test('is empty only for chapters without text', () => {
    expect(rankPassages([chapter(1)], 'oboes', 100)).toEqual([]);
    expect(textsOf([chapter(1, 'Short.')], 'oboes', 100)).toEqual(['Short.']);
  });
});
