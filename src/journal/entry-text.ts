/** Entries as texts of Redis: JSON, sealed when there is a cipher. */
import { HoldfastError } from '../errors/holdfast-error';
import type { Cipher } from './cipher';

export interface EntryText {
  /** `key`: the name of the Redis key. Throws for an entry that is too large to be kept. */
  write(value: unknown, key: string): string;
  /** Throws `Journal.Unreadable` for what cannot be opened, is no JSON or no `T`. */
  read<T>(text: string, key: string, isEntry: (value: unknown) => value is T): T;
}

/**
 * A whole answer of the largest models has about 0.5 MB; writing 16 MB takes most of the 200 ms that a command has, and
 * holds up everybody else's. Compressing was measured and left out: see docs/journal.md.
 */
const largestCharacters = 8 * 1024 * 1024;

export function createEntryText(cipher: Cipher | undefined): EntryText {
  return {
    write(value, key) {
      // Escapes lone surrogates and NUL, so the text survives UTF-8.
      const text = JSON.stringify(value);
      if (text.length > largestCharacters) {
        throw new HoldfastError(
          'Capacity.StoreUnavailable',
          `the journal keeps up to ${largestCharacters} characters per entry; ${key} has ${text.length}: ask for shorter answers`,
        );
      }
      return cipher === undefined ? text : cipher.seal(text, key);
    },
    read(text, key, isEntry) {
      const json = cipher === undefined ? text : cipher.open(text, key);
      const value = parse(json, key);
      if (isEntry(value)) return value;
      throw unreadable(key, 'is not of the form that Holdfast writes');
    },
  };
}

function parse(json: string, key: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Without the parser's error: it quotes the text.
    const isSealed = /^hf\d+:/.test(json);
    throw unreadable(key, isSealed ? 'is encrypted: set HOLDFAST_JOURNAL_KEYS as it was' : 'is not JSON');
  }
}

function unreadable(key: string, what: string): HoldfastError {
  return new HoldfastError('Journal.Unreadable', `the entry ${key} ${what}`);
}
