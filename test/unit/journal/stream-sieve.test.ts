import { readOffset } from '../../../src/journal/stream-entry';
import type { StreamEntry, TextOrder } from '../../../src/journal/stream-entry';
import type { ReadEvent } from '../../../src/journal/stream-log';
import { StreamSieve } from '../../../src/journal/stream-sieve';

const order = (attempt: number, take = 0): TextOrder => ({
  scheduledAtMs: 1_760_000_000_000,
  tier: 0,
  callIndex: 0,
  attempt,
  hop: 0,
  take,
});
const reset = (attempt: number): StreamEntry => ({
  kind: 'reset',
  order: order(attempt),
  place: order(attempt),
  endpoint: 'east',
});
const text = (attempt: number, position: number, written: string): StreamEntry => ({
  kind: 'text',
  order: order(attempt),
  position,
  text: written,
});
const end = (attempt: number, position: number): StreamEntry => ({ kind: 'end', order: order(attempt), position });

function sift(entries: readonly (StreamEntry | undefined)[], from = '0'): { sieve: StreamSieve; events: ReadEvent[] } {
  const sieve = new StreamSieve(readOffset(from));
  const first = Number.parseInt(sieve.id, 10);
  const events = entries.flatMap((entry, index) => (index < first ? [] : sieve.take({ id: `${index + 1}-0`, entry })));
  return { sieve, events };
}

function wordsOf({ sieve, events }: ReturnType<typeof sift>): string[] {
  return [...events, ...(sieve.lastWord === undefined ? [] : [sieve.lastWord])].map(({ event }) => {
    if (event.kind === 'text') return event.text;
    return event.kind === 'reset' ? `${event.reason}:${event.place.attempt}` : event.kind;
  });
}

describe('StreamSieve', () => {
  test.each<[string, readonly (StreamEntry | undefined)[], readonly string[]]>([
    ['an attempt', [reset(1), text(1, 0, 'ab'), end(1, 2)], ['attempt:1', 'ab', 'end']],
    ['a later attempt', [reset(1), text(1, 0, 'ab'), reset(2), end(2, 0)], ['attempt:1', 'ab', 'attempt:2', 'end']],
    ['an earlier attempt', [reset(2), reset(1), text(1, 0, 'ab'), end(1, 2)], ['attempt:2']],
    ['a hole', [reset(1), text(1, 0, 'ab'), text(1, 3, 'd')], ['attempt:1', 'ab', 'trimmed:1', 'd']],
    ['a hole before the end', [reset(1), end(1, 4)], ['attempt:1', 'trimmed:1', 'end']],
    ['a beginning without its mark', [text(1, 0, 'ab'), end(1, 2)], ['attempt:1', 'ab', 'end']],
    ['the rest of a text', [text(1, 7, 'ab'), end(1, 9)], ['trimmed:1', 'ab', 'end']],
    ['an entry of another version', [reset(1), undefined, text(1, 0, 'ab')], ['attempt:1', 'ab']],
    ['a failure', [reset(1), { kind: 'failed', failure: 'Llm.Timeout' }], ['attempt:1', 'failed']],
    ['a failure and what an operator began after it', [{ kind: 'failed', failure: 'x' }, reset(1)], ['attempt:1']],
    ['an end and what a zombie wrote after it', [reset(2), end(2, 0), text(1, 0, 'z')], ['attempt:2', 'end']],
  ])('lets through of %s what counts', (_, entries, words) => {
    expect(wordsOf(sift(entries))).toEqual(words);
  });

  test('goes on after every event, also between a hole and the text behind it', () => {
    const entries = [
      reset(1),
      text(1, 0, 'ab'),
      text(1, 5, 'f'),
      reset(2),
      text(2, 0, 'x'),
      text(1, 6, 'z'),
      end(2, 1),
    ];
    const { events, sieve } = sift(entries);
    const all = [...events, sieve.lastWord as ReadEvent];
    for (const [at, { offset }] of all.entries()) {
      const rest = sift(entries, offset);
      const last = rest.sieve.lastWord;
      expect([...rest.events, ...(last ? [last] : [])]).toEqual(all.slice(at + 1));
    }
  });
});
