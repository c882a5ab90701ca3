import fc from 'fast-check';
import { createTextCipher, readJournalCipher } from '../../../src/security/cipher';
import type { TextCipher, TextCipherOptions } from '../../../src/security/cipher';
import { parseKeyRing } from '../../../src/security/key-ring';

const a = `2026a:${Buffer.alloc(32, 'a').toString('base64')}`;
const b = `2026b:${Buffer.alloc(32, 'b').toString('base64')}`;
const cipherOf = (keys: string, plaintext: TextCipherOptions['plaintext'] = 'refuse'): TextCipher =>
  createTextCipher({ keys: parseKeyRing(keys, 'HOLDFAST_JOURNAL_KEYS'), plaintext });
const unreadable = (what: string): Error =>
  expect.objectContaining({ type: 'Journal.Unreadable', message: expect.stringContaining(what) }) as Error;

describe('readJournalCipher', () => {
  test('is off without keys, whatever is said about plain text', () => {
    expect(readJournalCipher({})).toBeUndefined();
    expect(readJournalCipher({ HOLDFAST_JOURNAL_PLAINTEXT: 'accept' })).toBeUndefined();
  });

  test.each([
    [{ HOLDFAST_JOURNAL_KEYS: '' }, 'HOLDFAST_JOURNAL_KEYS: entry 1 is empty'],
    [
      { HOLDFAST_JOURNAL_KEYS: a, HOLDFAST_JOURNAL_PLAINTEXT: 'yes' },
      'HOLDFAST_JOURNAL_PLAINTEXT: expected one of refuse, accept, write, received "yes"',
    ],
  ])('refuses %j', (environment, message) => {
    const read = (): unknown => readJournalCipher(environment);
    expect(read).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(message) }),
    );
  });

  test('refuses plain text unless it is told to accept it', () => {
    const strict = readJournalCipher({ HOLDFAST_JOURNAL_KEYS: a });
    const lenient = readJournalCipher({ HOLDFAST_JOURNAL_KEYS: a, HOLDFAST_JOURNAL_PLAINTEXT: 'accept' });
    expect(() => strict?.open('{"text":"old"}', 'k')).toThrow(unreadable('set HOLDFAST_JOURNAL_PLAINTEXT=accept'));
    expect(lenient?.open('{"text":"old"}', 'k')).toBe('{"text":"old"}');
  });

  test('is switched on in steps, and each reads what the one before and after writes', () => {
    const steps = [...(['write', 'accept'] as const).map((plaintext) => cipherOf(a, plaintext)), cipherOf(a)];
    const written = steps.map((step) => step.seal('{"text":"x"}', 'k'));
    expect(written.map((text) => text.startsWith('hf1:'))).toEqual([false, true, true]);
    const reads = steps.map((step) => written.map((text) => attempt(() => step.open(text, 'k'))));
    expect(reads).toEqual([
      [true, true, true],
      [true, true, true],
      [false, true, true],
    ]);
  });
});

function attempt(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

describe('createTextCipher', () => {
  test('opens what it sealed, whatever the text', () => {
    const cipher = cipherOf(a);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, context) => {
        const sealed = cipher.seal(text, context);
        expect(cipher.open(sealed, context)).toBe(text);
      }),
    );
    for (const text of ['', '\0', '\ud800', 'a\udc00b', '\u{1f600}', 'é\u0000\ud83d']) {
      expect(cipher.open(cipher.seal(text, 'k'), 'k')).toBe(text);
    }
  });

  test('never seals twice the same, and shows nothing but the id of the key', () => {
    const cipher = cipherOf(a);
    const sealed = new Set(Array.from({ length: 1_000 }, () => cipher.seal('the secret answer', 'k')));
    expect(sealed.size).toBe(1_000);
    for (const text of sealed) expect(text).toMatch(/^hf1:2026a:u:[A-Za-z0-9+/]+=*$/);
  });

  test('changes keys: the new one seals, the old one still opens', () => {
    const old = cipherOf(a).seal('x', 'k');
    const both = cipherOf(`${b},${a}`);
    expect(both.open(old, 'k')).toBe('x');
    expect(both.seal('x', 'k')).toMatch(/^hf1:2026b:/);
    expect(() => cipherOf(b).open(old, 'k')).toThrow(
      unreadable('the entry k is sealed with the key "2026a": put it back into HOLDFAST_JOURNAL_KEYS'),
    );
  });

  test.each<[string, (sealed: string) => string]>([
    ['a changed byte', (sealed) => flip(sealed, sealed.length - 30)],
    ['a changed nonce', (sealed) => flip(sealed, 'hf1:2026a:u:'.length + 1)],
    ['a cut end', (sealed) => sealed.slice(0, -8)],
    ['next to nothing', () => 'hf1:2026a:u:AAAA'],
    ['nothing', () => 'hf1:2026a:u:'],
    ['another encoding', (sealed) => sealed.replace(':u:', ':w:')],
    ['the id of another key', (sealed) => sealed.replace('2026a', '2026b')],
  ])('does not open %s', (_, change) => {
    const cipher = cipherOf(`${a},${b}`);
    const sealed = cipher.seal('the whole answer of a model', 'k');
    expect(() => cipher.open(change(sealed), 'k')).toThrow(unreadable('the entry k was changed'));
  });

  test('does not open an entry in the place of another', () => {
    const cipher = cipherOf(a, 'accept');
    const sealed = cipher.seal('x', 'journal:one');
    expect(() => cipher.open(sealed, 'journal:two')).toThrow(unreadable('belongs to another key of Redis'));
  });

  test('says when a later version has sealed it', () => {
    expect(() => cipherOf(a, 'accept').open('hf2:2026a:AAAA', 'k')).toThrow(unreadable('update this worker'));
  });
});

function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}
