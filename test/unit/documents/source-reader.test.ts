import { copyFileSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutlineSection } from '../../../src/contracts/pipelines/research-report';
import { createSourceReader } from '../../../src/documents';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder';

afterEach(removeTemporaryFolders);

const shipped = createSourceReader({ documentsDirectory: 'examples' });
const book = 'books/how-to-listen-to-music.txt';
const sectionOn = (heading: string, question: string, chapters: number[]): OutlineSection => ({
  heading,
  question,
  chapters,
});

function invalidInput(message: string): Error {
  return expect.objectContaining({ type: 'Pipeline.InvalidInput', message: expect.stringContaining(message) }) as Error;
}

describe('digest of the shipped book', () => {
  test('has its title, author and nine chapters with their own titles', async () => {
    const digest = await shipped.digest(book);
    expect(digest).toMatchObject({ title: 'How to Listen to Music', author: 'Henry Edward Krehbiel' });
    expect(digest.chapters.map(({ number, title }) => `${number} ${title}`)).toEqual([
      '1 Introduction',
      '2 Recognition of Musical Elements',
      '3 The Content and Kinds of Music',
      '4 The Modern Orchestra',
      '5 At an Orchestral Concert',
      '6 At a Pianoforte Recital',
      '7 At the Opera',
      '8 Choirs and Choral Music',
      '9 Musician, Critic, and Public',
    ]);
  });

  test("takes a chapter's summary from the contents as its excerpt", async () => {
    const { chapters } = await shipped.digest(book);
    expect(chapters[8]?.excerpt).toMatch(
      /^Criticism justified—Relationship between Musician, Critic and Public—To end/,
    );
    for (const { excerpt, words } of chapters) {
      expect(excerpt.length).toBeLessThanOrEqual(600);
      expect(excerpt).not.toMatch(/Page|_|\[|--/);
      expect(words).toBeGreaterThan(1_500);
    }
  });

  test('ends the last chapter before the plates and the index', async () => {
    const { chapters } = await shipped.digest(book);
    expect(chapters[8]?.words).toBeLessThan(5_100);
  });
});

describe('passages of the shipped book', () => {
  const rhythm = sectionOn('Rhythm and repetition', 'Why is repetition the principle of musical form?', [2, 5]);

  test('come from the chapters named, in reading order, within the space', async () => {
    const passages = await shipped.passages(book, rhythm, 4_000);
    const chapters = passages.map(({ chapter }) => chapter);
    expect(new Set(chapters)).toEqual(new Set([2, 5]));
    expect(chapters).toEqual([...chapters].sort());
    const characters = passages.reduce((sum, { text }) => sum + text.length, 0);
    expect(characters).toBeLessThanOrEqual(4_000);
    expect(characters).toBeGreaterThan(2_500);
  });

  test('answer the question', async () => {
    const texts = (await shipped.passages(book, rhythm, 4_000)).map(({ text }) => text).join('\n');
    expect(texts).toContain('repetition is the fundamental principle in all musical construction');
  });

  test('carry neither transcription marks nor broken lines', async () => {
    for (const chapter of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      for (const { text, chapterTitle } of await shipped.passages(
        book,
        sectionOn('Music', 'What is music?', [chapter]),
        60_000,
      )) {
        expect(text).not.toMatch(/Sidenote|Illustration|\[[A-Z]\]|_|--|\n|\s\s/);
        expect(chapterTitle).not.toBe('');
      }
    }
  });

  test('are the same every time', async () => {
    const again = createSourceReader({ documentsDirectory: 'examples' });
    expect(await again.passages(book, rhythm, 6_000)).toEqual(await shipped.passages(book, rhythm, 6_000));
  });

  test('are never empty, also when no word of the question stands in the chapter', async () => {
    const passages = await shipped.passages(book, sectionOn('Qwerty', 'Zxcvb?', [3]), 2_000);
    expect(passages).toHaveLength(1);
    expect(passages[0]?.text).toMatch(/^Bearing in mind the purpose of this book/);
  });

  test.each([1, 7, 30, 200])('fit a space of %i characters', async (space) => {
    const passages = await shipped.passages(book, rhythm, space);
    expect(passages.length).toBeGreaterThan(0);
    expect(passages.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(space);
  });

  test('come from the whole book when no chapter of the section exists', async () => {
    const passages = await shipped.passages(
      book,
      sectionOn('The orchestra', 'Which instruments does it have?', [42]),
      6_000,
    );
    expect(passages.map(({ chapter }) => chapter)).toContain(4);
  });

  test.each([0, -1, 1.5, Number.NaN])('refuse a space of %p', async (space) => {
    await expect(shipped.passages(book, rhythm, space)).rejects.toThrow(invalidInput('maxCharacters'));
  });
});

describe('which files are read', () => {
  const text = 'A Book\n\nBy A. Writer\n\nCHAPTER I\n\nIt begins here.\n\nCHAPTER II\n\nIt ends here.\n';

  test.each([
    ['books/none.txt', 'does not exist below the document folder'],
    ['books', 'is not a file'],
    ['.', 'leaves the document folder'],
    ['../package.json', 'leaves the document folder'],
    ['books/../../package.json', 'leaves the document folder'],
    ['../no-such-file', 'leaves the document folder'],
    ['/etc/passwd', 'must be relative'],
    ['', 'is not a path'],
    ['a\0b', 'is not a path'],
    ['a'.repeat(5_000), 'cannot be read (ENAMETOOLONG)'],
  ])('refuses %j', async (source, reason) => {
    await expect(shipped.digest(source)).rejects.toThrow(invalidInput(reason));
  });

  test('refuses symbolic links out of the folder and follows those inside', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'documents'));
    writeFileSync(join(folder, 'outside.txt'), text);
    writeFileSync(join(folder, 'documents/inside.txt'), text);
    symlinkSync('../outside.txt', join(folder, 'documents/leak.txt'));
    symlinkSync('..', join(folder, 'documents/up'));
    symlinkSync('inside.txt', join(folder, 'documents/link.txt'));
    const reader = createSourceReader({ documentsDirectory: join(folder, 'documents') });
    await expect(reader.digest('leak.txt')).rejects.toThrow(invalidInput('leaves the document folder'));
    await expect(reader.digest('up/outside.txt')).rejects.toThrow(invalidInput('leaves the document folder'));
    await expect(reader.digest('link.txt')).resolves.toMatchObject({ title: 'A Book', author: 'A. Writer' });
  });

  test('a folder whose name begins like the document folder is outside', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'documents'));
    mkdirSync(join(folder, 'documents-secret'));
    writeFileSync(join(folder, 'documents-secret/a.txt'), text);
    const reader = createSourceReader({ documentsDirectory: join(folder, 'documents') });
    await expect(reader.digest('../documents-secret/a.txt')).rejects.toThrow(
      invalidInput('leaves the document folder'),
    );
  });

  test('refuses what is too large, before it is read', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'huge.txt'), text);
    truncateSync(join(folder, 'huge.txt'), 20 * 1024 * 1024 + 1);
    const reader = createSourceReader({ documentsDirectory: folder });
    await expect(reader.digest('huge.txt')).rejects.toThrow(invalidInput('has 20.0 MiB; at most 20.0 MiB are read'));
  });

  test.each([
    ['Latin-1', Buffer.from('CHAPTER I\n\nAria für Elise\n', 'latin1')],
    ['binary data', Buffer.from('CHAPTER I\n\n\0\0\n')],
  ])('refuses %s', async (_, bytes) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.txt'), bytes);
    const reader = createSourceReader({ documentsDirectory: folder });
    await expect(reader.digest('a.txt')).rejects.toThrow(invalidInput('source "a.txt" is not UTF-8 text'));
  });

  test.each(['', 'Just some words.\n\nAnd more of them.\n'])(
    'says what it looked for in a text without chapters (%j)',
    async (words) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'a.txt'), words);
      const reader = createSourceReader({ documentsDirectory: folder });
      await expect(reader.digest('a.txt')).rejects.toThrow(
        invalidInput('source "a.txt" has no chapter headings; looked for "CHAPTER I", "Chapter 1: Title"'),
      );
    },
  );

  test('a document folder that is not there is a mistake of the configuration', async () => {
    await expect(createSourceReader({ documentsDirectory: 'no-such-folder' }).digest('a.txt')).rejects.toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining('no-such-folder') }),
    );
  });

  test('a changed file is read again, and so is one that failed before', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.txt');
    const reader = createSourceReader({ documentsDirectory: folder });
    writeFileSync(path, 'No chapters.');
    await expect(reader.digest('a.txt')).rejects.toThrow(invalidInput('no chapter headings'));
    copyFileSync('examples/books/how-to-listen-to-music.txt', path);
    expect((await reader.digest('a.txt')).chapters).toHaveLength(9);
    writeFileSync(path, text);
    utimesSync(path, 1, 1);
    expect((await reader.digest('a.txt')).chapters).toHaveLength(2);
  });
});
