import { parseBook } from '../../../src/documents/sources/parse-book';
import { cpuMsOf } from '../../support/cpu-time';

const words = (count: number, word = 'word'): string => `${Array(count).fill(word).join(' ')}.`;
const titlesOf = (text: string): string[] => parseBook(text, 'a.txt').chapters.map(({ title }) => title);

describe('parseBook', () => {
  test.each([
    ['CHAPTER I', 'CHAPTER II'],
    ['CHAPTER I.', 'CHAPTER II.'],
    ['Chapter 1', 'Chapter 2'],
    ['  CHAP. I.', '  CHAP. II.'],
    ['I', 'II'],
    ['I.', 'II.'],
    ['1', '2'],
    ['1.', '2.'],
  ])('finds chapters headed %s and %s, with the title below', (first, second) => {
    const text = `Book\n\n\n${first}\n\nThe Start\n\n${words(30)}\n\n\n${second}\n\nThe End\n\n${words(30)}\n`;
    expect(titlesOf(text)).toEqual(['The Start', 'The End']);
  });

  test.each([
    ['CHAPTER I. THE START.', 'CHAPTER II. THE END.'],
    ['Chapter 1: The Start', 'Chapter 2: The End'],
    ['CHAPTER I—The Start', 'CHAPTER II—The End'],
    ['I. THE START', 'II. THE END'],
    ['1. The Start', '2. The End'],
  ])('finds chapters headed %s and %s, with the title beside the number', (first, second) => {
    expect(titlesOf(`Book\n\n${first}\n\n${words(30)}\n\n${second}\n\n${words(30)}\n`)).toEqual([
      'The Start',
      'The End',
    ]);
  });

  test('a chapter without a title is called by its number, and its first paragraph is text', () => {
    const [chapter] = parseBook(`Book\n\nCHAPTER I\n\nIt was a dark night.\n\n${words(30)}\n`, 'a.txt').chapters;
    expect(chapter).toMatchObject({ number: 1, title: 'Chapter 1' });
    expect(chapter?.paragraphs[0]).toBe('It was a dark night.');
  });

  test('the table of contents is not taken for chapters', () => {
    const contents = 'CONTENTS\n\nCHAPTER I. The Start\n\nCHAPTER II. The Middle\n\nCHAPTER III. The End\n\n';
    const body = ['I', 'II', 'III'].map((number) => `CHAPTER ${number}\n\n${words(200)}\n\n`).join('');
    const { chapters } = parseBook(`Book\n\n${contents}${body}`, 'a.txt');
    expect(chapters.map(({ title, words: count }) => [title, count])).toEqual([
      ['The Start', 200],
      ['The Middle', 200],
      ['The End', 200],
    ]);
  });

  test.each([
    ['CHAPTER I. The Start', 'CHAPTER II. The End'],
    ['I. The Start ........ 3', 'II. The End ........ 210'],
    ['  1  The Start      3', '  2  The End      210'],
    ['[Sidenote: CHAP. I.]\n\n_The Start_', '[Sidenote: CHAP. II.]\n\n_The End_'],
  ])('reads titles and summaries from contents such as %j', (first, second) => {
    const summary = 'What this chapter tells--How it goes on--And how it comes to an end at last.  _Page 3_';
    const contents = `CONTENTS\n\n${first}\n\n${summary}\n\n${second}\n\n${summary}\n\n`;
    const body = ['I', 'II'].map((number) => `\n\n${number}\n\n${words(300)}\n`).join('');
    expect(parseBook(`Book\n\n${contents}${body}`, 'a.txt').chapters).toMatchObject(
      ['The Start', 'The End'].map((title) => ({
        title,
        excerpt: 'What this chapter tells—How it goes on—And how it comes to an end at last.',
      })),
    );
  });

  test('contents that do not have an entry for each chapter are left alone', () => {
    const preface =
      'CONTENTS\n\nPreface\n\nI have been told that nobody reads the contents of a book, and that is a pity.\n\n';
    const text = `Book\n\n${preface}CHAPTER I\n\n${words(30)}\n\nCHAPTER II\n\n${words(30)}\n`;
    expect(parseBook(text, 'a.txt').chapters[0]).toMatchObject({ title: 'Chapter 1', excerpt: words(30) });
  });

  test('a numbered list inside a chapter does not end it', () => {
    const list = 'III. "A merrymaking."\n\nIV. "Thunder-storm."\n\n';
    const text = `Book\n\nI\n\n${words(200)}\n\n1.\n\nII\n\n${words(100)}\n\n${list}${words(100)}\n\nIII\n\n${words(200)}\n\n`;
    expect(parseBook(text, 'a.txt').chapters.map(({ words: count }) => count)).toEqual([200, 205, 200]);
  });

  test('a lone "I" in a poem does not begin a new part', () => {
    const text = `Book\n\nI\n\n${words(200)}\n\nII\n\n${words(100)}\n\nI\n\n${words(100)}\n\nIII\n\n${words(200)}\n`;
    expect(titlesOf(text)).toEqual(['Chapter 1', 'Chapter 2', 'Chapter 3']);
  });

  test('the chapters of a book in parts are numbered through', () => {
    const part = ['I', 'II'].map((number) => `CHAPTER ${number}\n\n${words(100)}\n\n`).join('');
    expect(
      parseBook(`Book\n\nPART ONE\n\n${part}PART TWO\n\n${part}`, 'a.txt').chapters.map(({ number }) => number),
    ).toEqual([1, 2, 3, 4]);
  });

  test('title and author come from fields, the title page or the file name', () => {
    const body = `CHAPTER I\n\n${words(30)}\n`;
    const origin = (head: string, file = 'the-art_of-war.txt'): string => {
      const { title, author } = parseBook(`${head}${body}`, file);
      return `${title} / ${author}`;
    };
    expect(origin('Title: The Art\nAuthor: Sun Tzu\n\n')).toBe('The Art / Sun Tzu');
    expect(origin('THE ART OF WAR\n\nBY\n\nSUN TZU\n\n')).toBe('The Art of War / Sun Tzu');
    expect(origin('THE LIFE OF GEORGE IV.\n\nBY\n\nT.E. O’NEILL\n\n')).toBe('The Life of George IV. / T.E. O’neill');
    expect(origin('_The Art_\nof War\n\nby Sun Tzu\n\n')).toBe('The Art of War / Sun Tzu');
    expect(origin('', 'old/the-art_of-war.txt')).toBe('The art of war / unknown author');
  });

  test('licence texts around the book, a byte order mark and foreign line ends do no harm', () => {
    const text = `\uFEFFTitle: The Art\nAuthor: Sun Tzu\n\n*** START OF THE BOOK ***\n\nCHAPTER I\n\n${words(30)}\n\n*** END OF THE BOOK ***\n\nLicence, section\n\nCHAPTER II\n\nNo chapter.\n`;
    const book = parseBook(text.replaceAll('\n', '\r\n'), 'a.txt');
    expect(book).toMatchObject({ title: 'The Art', author: 'Sun Tzu' });
    expect(book.chapters.map(({ words: count }) => count)).toEqual([30]);
  });

  test('what stands behind the last chapter is left out', () => {
    const text = `Book\n\nCHAPTER I\n\n${words(30)}\n\nTHE END\n\n${words(5)}\n\n\n\nINDEX\n\nAbsolute music, 36\n`;
    expect(parseBook(text, 'a.txt').chapters[0]?.paragraphs).toEqual([words(30), 'THE END', words(5)]);
  });

  test('transcription marks go, the words stay', () => {
    const raw = [
      '[Sidenote: _A note\nover two lines._]',
      'The _Eroica_, a _moss-\ncovered_ work[A]--if I\nmay say so--of 1804.[12] [Illustration: PLATE [I] of II]',
      '       *       *       *       *',
      '[Greek: Hodos] is a way; snake_case is none.',
      'FOOTNOTES:',
      '[A] See elsewhere.',
    ].join('\n\n');
    expect(parseBook(`Book\n\nCHAPTER I\n\n${raw}\n`, 'a.txt').chapters[0]?.paragraphs).toEqual([
      'The Eroica, a moss-covered work—if I may say so—of 1804.',
      'Hodos is a way; snake_case is none.',
    ]);
  });

  test('an excerpt without a summary is whole opening sentences, or whole words of a long one', () => {
    const excerptOf = (text: string): string =>
      parseBook(`Book\n\nCHAPTER I\n\n${text}\n`, 'a.txt').chapters[0]?.excerpt ?? '';
    const sentences = excerptOf(Array(60).fill('This sentence has six words, exactly.').join(' '));
    expect(sentences.length).toBeLessThanOrEqual(600);
    expect(sentences).toMatch(/exactly\.$/);
    const words = excerptOf(`${Array(400).fill('word').join(' ')}`);
    expect(words).toMatch(/word…$/);
    expect(words.length).toBeLessThanOrEqual(600);
  });

  test('a file of nothing but number lines is answered quickly', () => {
    const numbers = 'I\n\n'.repeat(300_000);
    const blanks = `Book\n\nCONTENTS\n\n1. ${' '.repeat(200_000)}x\n\nCHAPTER I\n\n${'[Sidenote: '.repeat(20_000)}\n`;
    const parseBoth = (): void => {
      parseBook(numbers, 'a.txt');
      parseBook(blanks, 'a.txt');
    };
    expect(cpuMsOf(parseBoth)).toBeLessThan(5_000);
  });
});
