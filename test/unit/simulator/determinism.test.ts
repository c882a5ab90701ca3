import { Pacer } from '../../../src/simulator/serve/pacer';
import { createRandom } from '../../../src/simulator/random';
import { countTokens, splitTokens } from '../../../src/simulator/tokenizer';
import { postAnthropic, postOpenAi, startTestSimulator } from './harness';
import { sectionPrompt } from './passages';

const messages = [{ role: 'user' as const, content: sectionPrompt }];

async function answerOf(seed: number, body: object = {}): Promise<string> {
  const { url } = await startTestSimulator({ seed });
  const answer = (await (await postOpenAi(url, { messages, ...body })).json()) as {
    choices: { message: { content: string } }[];
  };
  return answer.choices[0]?.message.content ?? '';
}

describe('determinism', () => {
  test('the same request and seed give the same answer, whatever else was asked before', async () => {
    const first = await answerOf(1);
    const { url } = await startTestSimulator({ seed: 1 });
    await postAnthropic(url, { messages });
    await postOpenAi(url);
    const later = (await (await postOpenAi(url, { messages })).json()) as object;
    expect(later).toMatchObject({ choices: [{ message: { content: first } }] });
  });

  test('another seed or another prompt gives another answer', async () => {
    const first = await answerOf(1);
    expect(await answerOf(2)).not.toBe(first);
    expect(await answerOf(1, { messages: [...messages, { role: 'user', content: 'Again.' }] })).not.toBe(first);
  });

  test('ids are the same on every run with the same seed, and differ between requests', async () => {
    const ids = async (): Promise<(string | null)[]> => {
      const { url } = await startTestSimulator({ seed: 7 });
      const responses = [await postOpenAi(url), await postOpenAi(url)];
      return responses.map((response) => response.headers.get('x-request-id'));
    };
    const first = await ids();
    expect(await ids()).toEqual(first);
    expect(new Set(first).size).toBe(2);
  });
});

describe('createRandom', () => {
  test('draws lognormal numbers around the median', () => {
    const random = createRandom('median');
    const draws = Array.from({ length: 4_001 }, () => random.lognormal(350, 0.35)).sort((a, b) => a - b);
    expect(draws[2_000]).toBeGreaterThan(330);
    expect(draws[2_000]).toBeLessThan(370);
    expect(draws[0]).toBeGreaterThan(50);
  });

  test('int reaches both of its ends and nothing beyond', () => {
    const random = createRandom(1);
    expect(new Set(Array.from({ length: 200 }, () => random.int(2, 4)))).toEqual(new Set([2, 3, 4]));
  });
});

describe('Pacer', () => {
  test('a token is not due before its time, and speed divides that time', async () => {
    const pacer = new Pacer({ firstTokenMs: 200, sigma: 0, tokensPerSecond: 100 }, createRandom(1), 10);
    const startedMs = performance.now();
    await pacer.until(10, new AbortController().signal);
    // 200 ms and ten tokens of 10 ms, ten times as fast; a timer may fire a millisecond early.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(28);
    expect(pacer.due()).toBeGreaterThanOrEqual(10);
  });
});

describe('tokenizer', () => {
  test.each(['', 'Plain words, and 12345 numbers.', 'Zeilen\n\n  eingerückt — 日本語 🙂', '{"a":[1,"b\\n"]}'])(
    'the tokens of %j are the text again',
    (text) => {
      expect(splitTokens(text).join('')).toBe(text);
      expect(countTokens(text)).toBe(splitTokens(text).length);
    },
  );
});
