import fc from 'fast-check';
import { keyPart } from '../../../src/journal/key-part';

describe('keyPart', () => {
  test('different names give different parts, with nothing in them that means something in a key', () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[:{}\\"%a\ud800\udc00 \n]{0,6}$/));
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(keyPart(one) === keyPart(other)).toBe(one === other);
        expect(keyPart(one)).not.toMatch(/[:{}\s]/);
      }),
    );
  });

  test.each([
    ['acme', 'acme'],
    ['a:b', 'a%3Ab'],
    ['a%3Ab', 'a%253Ab'],
    ['}x{', '%7Dx%7B'],
    ['\ud800', '%5Cud800'],
    ['\\ud800', '%5C%5Cud800'],
  ])('%j becomes %s', (name, part) => {
    expect(keyPart(name)).toBe(part);
  });
});
