import { HoldfastError } from '../../errors';
import type { SourceReader } from '../source-reader';
import { locateDocument } from './document-folder';
import { parseBook } from './parse-book';
import type { Book } from './parse-book';
import { passagesOf, rankPassages } from './rank-passages';

export interface SourceReaderOptions {
  /** The only folder sources are read from. */
  readonly documentsDirectory: string;
}

/** Parsed books kept in memory, the last used ones. Every section of a report asks for the same book. */
const mostCachedBooks = 8;

/**
 * Reads plain-text books. All methods throw `Pipeline.InvalidInput` for a source that does not exist, leaves the
 * folder, is larger than 20 MiB, is not UTF-8 or has no chapters; the message names which.
 */
export function createSourceReader({ documentsDirectory }: SourceReaderOptions): SourceReader {
  const cache = new Map<string, Promise<Book>>();

  async function bookOf(source: string): Promise<Book> {
    const { version, read } = await locateDocument(documentsDirectory, source);
    const book = cache.get(version) ?? read().then((text) => parseBook(text, source));
    // Put back at the end: the map's order is the order of use.
    cache.delete(version);
    cache.set(version, book);
    for (const oldest of cache.keys()) if (cache.size > mostCachedBooks) cache.delete(oldest);
    return book.catch((error: unknown) => {
      cache.delete(version);
      throw error;
    });
  }

  return {
    async digest(source) {
      const { title, author, chapters } = await bookOf(source);
      return {
        title,
        author,
        chapters: chapters.map(({ number, title, words, excerpt }) => ({ number, title, words, excerpt })),
      };
    },

    async passages(source, section, maxCharacters) {
      if (!Number.isInteger(maxCharacters) || maxCharacters < 1) {
        const message = `maxCharacters must be a positive whole number, received ${maxCharacters}`;
        throw new HoldfastError('Pipeline.InvalidInput', message);
      }
      const { chapters } = await bookOf(source);
      const named = chapters.filter(({ number }) => section.chapters.includes(number));
      // A model may name chapters that do not exist; the question can still be answered from the whole book.
      return rankPassages(named.length > 0 ? named : chapters, `${section.heading} ${section.question}`, maxCharacters);
    },

    async allPassages(source) {
      return passagesOf((await bookOf(source)).chapters);
    },
  };
}
