import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { digestOfQuestion } from '../../../src/contracts/approval-digest';
import { sha256 } from '../../../src/contracts/sha256';

describe('sha256', () => {
  const reference = (text: string): string => createHash('sha256').update(text).digest('hex');

  test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000_003])('of %d characters is what node:crypto says', (length) => {
    const text = 'ä'.repeat(length % 2) + 'x'.repeat(length);
    expect(sha256(text)).toBe(reference(text));
  });

  test('of any text is what node:crypto says', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => sha256(text) === reference(text)));
  });
});

describe('digestOfQuestion', () => {
  const question = { runKey: 'w/r', approval: 'publish', occurrence: 0, title: 'T', show: { a: 1, b: [2] } };

  test('does not depend on the order of keys', () => {
    expect(digestOfQuestion({ ...question, show: { b: [2], a: 1 } })).toBe(digestOfQuestion(question));
  });

  test.each([{ runKey: 'w/r2' }, { approval: 'pay' }, { occurrence: 1 }, { title: 'U' }, { show: { a: 1 } }])(
    'is another one for %j',
    (difference) => {
      expect(digestOfQuestion({ ...question, ...difference })).not.toBe(digestOfQuestion(question));
    },
  );
});
