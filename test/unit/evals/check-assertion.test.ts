import type { JsonValue } from '../../../src/contracts/json';
import { checkAssertion } from '../../../src/evals/check-assertion';
import type { PlainAssertion } from '../../../src/evals/check-assertion';
import { parsePattern } from '../../../src/evals/regex/parse-pattern';
import { valueAt } from '../../../src/evals/value-at';

const answer: JsonValue = { intent: 'card', lines: [{ price: 12.5 }, { price: '7.25' }], note: 'Thank you.' };
const check = (assertion: PlainAssertion, value: JsonValue = answer) =>
  checkAssertion(assertion, value, (_, schema) => (schema === 'Other' ? 'note: is not known' : undefined));
const regex = (source: string, path?: string): PlainAssertion => ({
  kind: 'regex',
  source,
  pattern: parsePattern(source),
  ...(path === undefined ? {} : { path }),
});

describe('checkAssertion', () => {
  test.each<[PlainAssertion, string | undefined]>([
    [{ kind: 'schema' }, undefined],
    [{ kind: 'schema', schema: 'Other' }, 'note: is not known'],
    [
      { kind: 'exact', value: { note: 'Thank you.', intent: 'card', lines: [{ price: 12.5 }, { price: '7.25' }] } },
      undefined,
    ],
    [{ kind: 'exact', value: 'card' }, expect.stringContaining('expected "card", received {"intent"')],
    [{ kind: 'contains', text: 'Thank' }, undefined],
    [{ kind: 'contains', text: 'thank' }, '"thank" is not in the answer'],
    [{ kind: 'notContains', text: 'sorry' }, undefined],
    [{ kind: 'notContains', text: 'card' }, '"card" is in the answer'],
    [{ kind: 'equals', path: 'intent', value: 'card' }, undefined],
    [{ kind: 'equals', path: 'lines.length', value: 2 }, undefined],
    [{ kind: 'equals', path: 'lines[0].price', value: 12 }, 'lines[0].price: expected 12, received 12.5'],
    [{ kind: 'equals', path: 'nothing.here', value: null }, 'nothing.here: expected null, received nothing'],
    [{ kind: 'numeric', path: 'lines.0.price', value: 12.4, tolerance: 0.1 }, undefined],
    [{ kind: 'numeric', path: 'lines.1.price', value: 7.25, tolerance: 0 }, undefined],
    [
      { kind: 'numeric', path: 'lines.0.price', value: 12, tolerance: 0.1 },
      'lines.0.price: expected 12, received 12.5 (tolerance 0.1)',
    ],
    [{ kind: 'numeric', path: 'note', value: 1, tolerance: 0 }, 'note: expected 1, received "Thank you."'],
    [regex('^Thank \\w+\\.$', 'note'), undefined],
    [regex('^thank', 'note'), 'note: "Thank you." does not match "^thank"'],
    [regex('x', 'nowhere'), 'nowhere: expected text, received nothing'],
  ])('%j', (assertion, message) => {
    const checked = check(assertion);
    expect(checked.message).toEqual(message);
    expect(checked).toMatchObject({
      kind: assertion.kind,
      passed: message === undefined,
      score: message === undefined ? 1 : 0,
    });
  });

  test('text is compared without the blanks around it, and numbers as they are meant', () => {
    expect(check({ kind: 'exact', value: 'yes' }, ' yes\n').passed).toBe(true);
    expect(check({ kind: 'numeric', path: '', value: 0.3, tolerance: 0 }, 0.1 + 0.2).passed).toBe(true);
    expect(check({ kind: 'numeric', path: '', value: 0, tolerance: 5 }, '').passed).toBe(false);
  });

  test('an endless answer is not searched', () => {
    expect(check(regex('$'), 'x'.repeat(100_001)).message).toContain('too many to be searched');
  });
});

describe('valueAt', () => {
  test.each<[string, JsonValue | undefined]>([
    ['', answer],
    ['lines.1.price', '7.25'],
    ['note.length', 10],
    ['lines.2', undefined],
    ['toString', undefined],
    ['__proto__.x', undefined],
    ['intent.0', undefined],
  ])('at "%s"', (path, expected) => {
    expect(valueAt(answer, path)).toEqual(expected);
  });
});
