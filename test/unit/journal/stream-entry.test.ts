import {
  compareOrders,
  decodeEntry,
  encodeEntry,
  offsetOf,
  readOffset,
  streamKeyOf,
} from '../../../src/journal/stream-entry';
import type { StreamEntry, TextOrder } from '../../../src/journal/stream-entry';

const order: TextOrder = { scheduledAtMs: 1_760_000_000_000, tier: 2, callIndex: 1, attempt: 3, hop: 4, take: 5 };
const place = { key: 'stream:{run/step#0}' };

function stored(entry: StreamEntry): readonly string[] {
  const [head, value] = encodeEntry(entry, place);
  return ['h', head, 'v', value];
}

describe('an entry', () => {
  test.each<[string, StreamEntry]>([
    ['reset', { kind: 'reset', order, place: { tier: 2, callIndex: 1, attempt: 3, hop: 4 }, endpoint: 'east' }],
    [
      "another attempt's reset",
      { kind: 'reset', order, place: { tier: 0, callIndex: 0, attempt: 1, hop: 0 }, endpoint: '' },
    ],
    ['text', { kind: 'text', order, position: 123_456, text: 'a b\n~"😀' }],
    ['end', { kind: 'end', order, position: 7 }],
    ['failed', { kind: 'failed', failure: 'Llm.Timeout' }],
  ])('comes back as it was written: %s', (_, entry) => {
    expect(decodeEntry(stored(entry), place)).toMatchObject(entry);
  });

  test('of a text costs some twenty bytes beside it', () => {
    const [head, value] = encodeEntry({ kind: 'text', order, position: 4_096, text: 'token' }, place);
    expect(value).toBe('token');
    expect(head.length).toBeLessThan(28);
  });

  test.each([[], ['h', ''], ['h', 't'], ['h', 't 1.2.3 0', 'v', 'x'], ['h', 'q 1.2.3.4.5.6 0', 'v', '']])(
    'of an unknown form is none: %j',
    (...fields) => {
      expect(decodeEntry(fields, place)).toBeUndefined();
    },
  );
});

describe('compareOrders', () => {
  test.each<[keyof TextOrder]>([['scheduledAtMs'], ['tier'], ['callIndex'], ['attempt'], ['hop'], ['take']])(
    'takes the higher %s for the later one',
    (field) => {
      expect(compareOrders({ ...order, [field]: order[field] + 1 }, order)).toBeGreaterThan(0);
      expect(compareOrders({ ...order, [field]: order[field] - 1 }, order)).toBeLessThan(0);
    },
  );

  test('takes a call that was scheduled later for the later one, whatever its attempt', () => {
    const afterReset = {
      ...order,
      scheduledAtMs: order.scheduledAtMs + 1,
      tier: 0,
      callIndex: 0,
      attempt: 1,
      hop: 0,
      take: 0,
    };
    expect(compareOrders(afterReset, order)).toBeGreaterThan(0);
    expect(compareOrders(order, order)).toBe(0);
  });
});

describe('an offset', () => {
  test.each([
    { id: '1760000000000-3', order, position: 99, isOver: false },
    { id: '1-0', order, position: 0, isOver: true },
    { id: '1-0', position: 0, isOver: true },
  ])('holds what a reader must remember: %j', (state) => {
    const offset = offsetOf(state);
    expect(readOffset(offset)).toEqual(state);
    // It goes into URLs, headers and server-sent events as it is.
    expect(offset).toMatch(/^[\w.~-]+$/);
  });
});

describe('streamKeyOf', () => {
  test('keeps an opening in one slot of a cluster', () => {
    expect(streamKeyOf('holdfast:', { runKey: 'p:1/ab', step: 'x.y', occurrence: 2 })).toBe(
      'holdfast:stream:{p:1/ab/x.y#2}',
    );
  });
});
