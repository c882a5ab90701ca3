import { createRandom } from '../../../src/simulator/random';
import { KnownAnswers } from '../../../src/simulator/writing/known-answers';
import { spoilAnswer } from '../../../src/simulator/writing/spoil-answer';
import { writeAnswer } from '../../../src/simulator/writing/write-answer';

const nullable = (type: string) => ({ anyOf: [{ type }, { type: 'null' }] });
const schema = {
  type: 'object',
  properties: {
    kind: { type: 'string', enum: ['invoice', 'letter'] },
    sender: nullable('string'),
    date: nullable('string'),
    total: nullable('number'),
    iban: nullable('string'),
    confidence: { type: 'number' },
  },
  required: ['kind', 'sender', 'date', 'total', 'iban', 'confidence'],
};
const answer = { kind: 'invoice', sender: 'Hallam & Sons Ltd', date: '2026-03-03', total: 1500, iban: null };
const task = (text: string) => ({
  instructions: 'Read it.',
  messages: [{ role: 'user' as const, text: `Document:\n\n${text}\n\nAnswer.` }],
  schema,
  outputLimit: 500,
});
const spoil = (quality: object, seed = 'a') =>
  spoilAnswer(answer, {
    schema,
    quality: { wrong: 0, missing: 0, noticed: 1, doubted: 0, ...quality },
    random: createRandom(seed),
  });

describe('KnownAnswers', () => {
  const known = new KnownAnswers();
  const identity = { model: 'gpt-5', seed: 's' };

  test('the answer of the text that stands in the prompt is given, with a confidence', () => {
    known.replace({ answers: [{ text: 'INVOICE 4711', answer }] });
    const said = JSON.parse(known.answerTo(task('INVOICE 4711'), identity) ?? '') as Record<string, unknown>;
    expect(said).toMatchObject(answer);
    expect(said['confidence']).toBeGreaterThan(0.85);
  });

  test('other texts, and calls without a schema, are answered as always', () => {
    known.replace({ answers: [{ text: 'INVOICE 4711', answer }] });
    expect(known.answerTo(task('INVOICE 4712'), identity)).toBeUndefined();
    const { schema: _, ...plain } = task('INVOICE 4711');
    expect(known.answerTo(plain, identity)).toBeUndefined();
  });

  test('each model reads as well as it was set to, `*` for the others', () => {
    known.replace({
      answers: [{ text: 'INVOICE 4711', answer }],
      quality: { 'gpt-5': { missing: 0 }, '*': { missing: 1 } },
    });
    const totalOf = (model: string): unknown =>
      (JSON.parse(known.answerTo(task('INVOICE 4711'), { model, seed: 's' }) ?? '') as { total: unknown }).total;
    expect(totalOf('gpt-5')).toBe(1500);
    expect(totalOf('gpt-5-mini')).toBeNull();
  });

  test.each([
    [{ answers: 'all' }, 'answers: expected a list'],
    [{ answers: [{ text: '', answer }] }, 'answers.0.text: expected text'],
    [{ answers: [{ text: 'a', answer: 'b' }] }, 'answers.0.answer: expected an object'],
    [{ answers: [], quality: { a: { wrong: 2 } } }, 'quality.a.wrong: expected a number from 0 to 1'],
    [{ answers: [], quality: { a: { right: 1 } } }, 'quality.a.right: unknown field'],
  ])('refuses %j', (input, message) => {
    expect(() => known.replace(input)).toThrow(message);
  });
});

describe('spoilAnswer', () => {
  test('a wrong value is another one of the same form, and null stays null', () => {
    const said = spoil({ wrong: 1 });
    expect(said['kind']).toBe('letter');
    expect(said['date']).toMatch(/^2026-03-0[0-9]$/);
    expect(said['date']).not.toBe(answer.date);
    expect(said['total']).not.toBe(answer.total);
    expect(typeof said['total']).toBe('number');
    expect(said['sender']).not.toBe(answer.sender);
    expect(said['iban']).toBeNull();
  });

  test('only what may be null is missing', () => {
    expect(spoil({ missing: 1 })).toMatchObject({ kind: 'invoice', sender: null, date: null, total: null });
  });

  test.each([
    ['a mistake that was noticed', { wrong: 1, noticed: 1 }, true],
    ['a mistake that was not', { wrong: 1, noticed: 0 }, false],
    ['a right answer', {}, false],
    ['a right answer that is doubted', { doubted: 1 }, true],
  ])('says how sure it is of %s', (_what, quality, isUnsure) => {
    expect(Number(spoil(quality)['confidence']) < 0.7).toBe(isUnsure);
  });

  test('mistakes come as often as they were set, the same ones every time', () => {
    const seeds = Array.from({ length: 400 }, (_, index) => `seed ${index}`);
    const wrong = seeds.filter((seed) => spoil({ wrong: 0.1 }, seed)['total'] !== answer.total).length;
    expect(wrong / seeds.length).toBeGreaterThan(0.06);
    expect(wrong / seeds.length).toBeLessThan(0.14);
    expect(spoil({ wrong: 0.5 }, 'same')).toEqual(spoil({ wrong: 0.5 }, 'same'));
  });
});

describe('writeAnswer', () => {
  test('a text of a described form is taken from the prompt, or is null where it may be', () => {
    const described = (pattern: string) => ({
      anyOf: [{ type: 'string', description: `(pattern: ${JSON.stringify(pattern)})` }, { type: 'null' }],
      description: 'Of issue.',
    });
    const asked = {
      type: 'object',
      properties: { date: described('^\\d{4}-\\d{2}-\\d{2}$'), iban: described('^[A-Z]{2}\\d{20}$') },
      required: ['date', 'iban'],
    };
    const text = 'The invoice was written on 2026-03-03 by the joiners of the town and sent to the customer.';
    const said: unknown = JSON.parse(writeAnswer({ ...task(text), schema: asked }, 'seed'));
    expect(said).toEqual({ date: '2026-03-03', iban: null });
  });
});
