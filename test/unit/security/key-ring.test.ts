import { inspect } from 'node:util';
import { parseKeyRing } from '../../../src/security/key-ring';

const keyOf = (fill: string, bytes = 32): string => Buffer.alloc(bytes, fill).toString('base64');
const a = keyOf('a');
const b = keyOf('b');

describe('parseKeyRing', () => {
  test.each([
    ['', 1, 'is empty'],
    ['   ', 1, 'is empty'],
    [`2026a:${a},`, 2, 'is empty'],
    [a, 1, 'has no id'],
    [`:${a}`, 1, 'has no id'],
    [`${a}:2026a`, 1, 'has an id that is not'],
    [`key one:${a}`, 1, 'has an id that is not'],
    ['2026a:', 1, 'has a key that is not base64'],
    ['2026a:not base64!', 1, 'has a key that is not base64'],
    [`2026a:${'0123456789abcdef'.repeat(4)}`, 1, 'has a key of 48 bytes instead of 32'],
    [`2026a:${keyOf('x', 16)}`, 1, 'has a key of 16 bytes instead of 32'],
    [`2026a:${keyOf('x', 33)}`, 1, 'has a key of 33 bytes instead of 32'],
    [`2026b:${b},2026a:${a.slice(0, -1)}`, 2, 'has a key that is not base64'],
    [`2026b:${b},2026a:${a},2026b:${a}`, 3, 'has the id of an earlier one'],
  ])('refuses %j and names entry %i', (text, position, what) => {
    const parse = (): unknown => parseKeyRing(text, 'HOLDFAST_JOURNAL_KEYS');
    expect(parse).toThrow(
      expect.objectContaining({
        type: 'Config.Invalid',
        message: expect.stringContaining(`HOLDFAST_JOURNAL_KEYS: entry ${position} ${what}`),
      }),
    );
  });

  test.each([a, keyOf('x', 16), 'hunter2-hunter2-hunter2'])(
    'shows nothing of what stands in a wrong entry',
    (secret) => {
      for (const text of [secret, `${secret}:id`, `:${secret}`, `id ${secret}:${secret}`, `id:${secret}!`]) {
        let message = '';
        try {
          parseKeyRing(text, 'HOLDFAST_JOURNAL_KEYS');
        } catch (error) {
          message = inspect(error);
        }
        expect(message).toContain('Config.Invalid');
        expect(message).not.toContain(secret);
      }
    },
  );

  test('seals with the first key and finds all of them', () => {
    const ring = parseKeyRing(` 2026b : ${b} ,\n2026a:${a}`, 'KEYS');
    expect(ring.sealing.id).toBe('2026b');
    expect(ring.find('2026a')?.key.export().toString()).toBe('a'.repeat(32));
    expect(ring.find('2026b')).toBe(ring.sealing);
    expect(ring.find('2025')).toBeUndefined();
  });

  test('prints without its keys', () => {
    const printed = inspect(parseKeyRing(`2026a:${a}`, 'KEYS'), { depth: 9, showHidden: true });
    expect(printed).not.toContain(a);
    expect(printed).not.toContain('aaaa');
  });
});
