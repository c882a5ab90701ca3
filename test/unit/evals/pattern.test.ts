import fc from 'fast-check';
import { matchPattern } from '../../../src/evals/regex/match-pattern';
import { parsePattern } from '../../../src/evals/regex/parse-pattern';
import { cpuMsOf } from '../../support/cpu-time';

const found = (pattern: string, text: string, ignoreCase = false): boolean =>
  matchPattern(parsePattern(pattern, { ignoreCase }), text);

describe('matchPattern', () => {
  test.each([
    ['abc', 'xxabcxx', true],
    ['^abc$', 'xabc', false],
    ['^abc$', 'abc', true],
    ['', '', true],
    ['^$', 'a', false],
    ['a|b|', 'c', true],
    ['^(?:a|bc)+$', 'abcabc', true],
    ['^(?<year>\\d{4})-\\d{2}$', '2026-11', true],
    ['^\\d{2,3}$', '1234', false],
    ['^a{0}b$', 'b', true],
    ['colou?r', 'color', true],
    ['^[^\\]x]$', 'y', true],
    ['^[\\w.-]+@[a-z]+$', 'a.b-c@example', true],
    ['^\\p{Lu}\\p{Ll}+$', 'Ärger', true],
    ['^.$', '😀', true],
    ['a.b', 'a\nb', false],
    ['^a*?b+?$', 'aab', true],
    ['\\{x\\}', '{x}', true],
    ['{x}', '{x}', true],
    ['\\u0041\\x42', 'AB', true],
    ['()*a', 'a', true],
  ])('%s in %j: %s', (pattern, text, expected) => {
    expect(found(pattern, text)).toBe(expected);
  });

  test('letters of either case when asked', () => {
    expect([found('^straße$', 'STRAßE'), found('^straße$', 'STRAßE', true)]).toEqual([false, true]);
  });

  test('finds what the platform finds, for every pattern of the subset', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\.', '^', '$');
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,}'))
          .map(([a, repeat]) => `(?:${a})${repeat}`),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (source, searched) => {
        expect(found(source, searched)).toBe(new RegExp(source, 'u').test(searched));
      }),
      { numRuns: 1_000, seed: 11 },
    );
  });

  test('takes time in proportion to the text where other engines take for ever', () => {
    const text = `${'a'.repeat(20_000)}!`;
    expect(cpuMsOf(() => expect(found('^(a+)+$', text)).toBe(false))).toBeLessThan(2_000);
  });
});

describe('parsePattern', () => {
  test.each([
    ['(a)\\1', 'backreferences are not taken'],
    ['(?=a)', 'look-around is not taken'],
    ['(?<!a)b', 'look-around is not taken'],
    ['\\bword', 'word boundaries are not taken'],
    ['(a', '"(" without ")"'],
    ['a)', '")" without "("'],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat after "*"'],
    ['a{3,2}', 'no range of repetitions'],
    ['a{501}', 'no range of repetitions up to 500'],
    ['[a', 'a class or an escape that does not end'],
    ['\\', 'a class or an escape that does not end'],
    ['\\q', '"\\q" matches no character'],
    ['[z-a]', '"[z-a]" matches no character'],
    ['(a{100}){100}', 'too large once its repetitions are written out'],
    ['(?i:a)', 'a group of an unknown kind'],
    ['('.repeat(60), 'nested deeper than 50 levels'],
    ['a'.repeat(1_001), 'at most 1000 characters'],
  ])('refuses %s', (pattern, says) => {
    expect(() => parsePattern(pattern)).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(says) }),
    );
  });
});
