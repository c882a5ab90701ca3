import { cutLongRuns, estimateTokens } from '../../../src/capacity/estimate-tokens';
import type { ModelRequest } from '../../../src/contracts/model';
import { cpuMsOf } from '../../support/cpu-time';

/** Role marker of one message and of the instructions, and the opening of the answer. */
const overhead = 4 + 4 + 3;

function requestOf(content: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'gpt-5',
    messages: [{ role: 'user', content }],
    parameters: { maxOutputTokens: 100 },
    ...more,
  };
}

const tokensOf = (content: string): number => estimateTokens(requestOf(content)) - overhead;

/** Text that repeats no word exactly, so that caches of the tokenizer do not help. */
const words = (count: number): string => Array.from({ length: count }, (_, i) => `word${i * 7919} flows,`).join(' ');

describe('estimateTokens', () => {
  test('counts as the tokenizer does when that is more than a quarter of the characters', () => {
    expect(tokensOf('1 + 1 = 2; x_y != 3.14')).toBe(15);
  });

  test('counts a quarter of the characters when that is more', () => {
    expect(tokensOf('internationalization acknowledgements')).toBe(10);
  });

  test('counts instructions, every message and the schema of the output', () => {
    const bare = estimateTokens(requestOf('Hello'));
    const withSystem = estimateTokens(requestOf('Hello', { system: 'Answer briefly, please.' }));
    const withSchema = estimateTokens(
      requestOf('Hello', { output: { name: 'Answer', schema: { type: 'object', properties: { text: {} } } } }),
    );
    const twice = estimateTokens({
      ...requestOf('Hello'),
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hello' },
      ],
    });
    expect(withSystem).toBeGreaterThan(bare + 4);
    expect(withSchema).toBeGreaterThan(bare + 10);
    expect(twice).toBe(bare + tokensOf('Hello') + 4);
  });

  test('counts tools, their calls and their results', () => {
    const ask = { role: 'user' as const, content: 'Hello' };
    const tools = [{ name: 'weather', description: 'The weather of a city.', inputSchema: { type: 'object' } }];
    const call = { id: 'c1', name: 'weather', arguments: { city: 'Lima' } };
    const carried = { provider: 'anthropic' as const, data: { thinking: 'x'.repeat(392) } };
    const called = { role: 'assistant' as const, content: 'Let me look.', toolCalls: [call] };
    const answered = { role: 'tool' as const, toolCallId: 'c1', name: 'weather', content: 'Fog, as ever.' };
    const sizes = [
      requestOf('', { messages: [ask] }),
      requestOf('', { messages: [ask], tools }),
      requestOf('', { messages: [ask, called], tools }),
      requestOf('', { messages: [ask, { ...called, carried }], tools }),
      requestOf('', { messages: [ask, { ...called, carried }, answered], tools }),
    ].map(estimateTokens);
    const added = sizes.slice(1).map((size, index) => size - (sizes[index] ?? 0));
    expect(added).toEqual([4 + 12, 4 + 4 + 4 + 7, 102, 4 + 2 + 5]);
  });

  test.each([
    ['nothing', ''],
    ['a control token', 'say <|endoftext|> or <|im_start|>'],
    ['NUL', 'a\0b'],
    ['a lone surrogate', '\ud800 x \udc00'],
    ['an emoji family', '👩‍👩‍👧‍👦'],
  ])('takes %s for text', (_, content) => {
    expect(tokensOf(content)).toBeGreaterThanOrEqual(Math.ceil(content.length / 4));
    expect(Number.isInteger(tokensOf(content))).toBe(true);
  });

  test('comes within 5 % of the whole count by samples, and not below it', () => {
    const half = words(6_000);
    const whole = tokensOf(half.slice(0, 65_000));
    const perChar = whole / 65_000;
    const sampled = tokensOf(half);
    expect(half.length).toBeGreaterThan(100_000);
    expect(sampled / (perChar * half.length)).toBeGreaterThan(0.98);
    expect(sampled / (perChar * half.length)).toBeLessThan(1.07);
  });

  test('hears every part of a long mixed text', () => {
    const digits = '3141592653'.repeat(20_000);
    const prose = 'The quick brown fox jumps over the lazy dog. '.repeat(4_444);
    const apart = tokensOf(digits) + tokensOf(prose);
    expect(tokensOf(digits + prose) / apart).toBeGreaterThan(0.95);
    expect(tokensOf(digits + prose) / apart).toBeLessThan(1.05);
  });

  test('does bounded work for ten million characters', () => {
    const text = 'The quick brown fox. '.repeat(500_000);
    expect(cpuMsOf(() => expect(tokensOf(text)).toBeGreaterThan(2_500_000))).toBeLessThan(2_000);
  });
});

describe('cutLongRuns', () => {
  test.each([
    ['ordinary text', 'A sentence, and another one.\n\nThe end.'],
    ['a run at the end', `short ${'x'.repeat(300)}`],
    ['emoji', '👍'.repeat(200)],
    ['nothing', ''],
  ])('loses nothing of %s', (_, text) => {
    expect(cutLongRuns(text).join('')).toBe(text);
  });

  test.each([
    ['one letter', 'a'.repeat(5_000)],
    ['blanks', ' '.repeat(5_000)],
    ['line breaks', '\n'.repeat(5_000)],
    ['dots', '.'.repeat(5_000)],
    ['Chinese', '漢字仮名交じり文'.repeat(600)],
    ['letters with accents', 'aé'.repeat(2_500)],
    ['lone surrogates', '\ud800'.repeat(5_000)],
  ])('leaves no run of %s that the tokenizer would take long over', (_, text) => {
    // Uncut, 60,000 of these take it between 2 and 40 s.
    expect(Math.max(...cutLongRuns(text).map((piece) => piece.length))).toBeLessThanOrEqual(65);
  });

  test('leaves ordinary text in one piece', () => {
    expect(cutLongRuns(words(1_000))).toHaveLength(1);
  });

  test('never cuts a character in two', () => {
    for (const piece of cutLongRuns('👍'.repeat(1_000))) expect(piece.isWellFormed()).toBe(true);
  });
});
