/** The limits as an HTTP client meets them. What each kind of window admits is tested without a server beside this file. */
import type { EndpointInput } from '../../../../src/simulator';
import { eventually, openAiEndpoint, postAnthropic, postOpenAi, startTestSimulator } from '../harness';
import { sectionPrompt } from '../passages';

const fast = { firstTokenMs: 0, sigma: 0, tokensPerSecond: 1_000_000 };
const messages = [{ role: 'user', content: sectionPrompt }];

describe('Azure', () => {
  const azure: Partial<EndpointInput> = {
    headers: 'azure',
    limits: { rpm: 12, tpm: 10_000, window: { requests: 'judged10s', tokens: 'fixedMinute' } },
  };

  test('judges requests on ten seconds and says in milliseconds when it will admit the next', async () => {
    const { url, advance } = await startTestSimulator({ openai: azure });
    const first = await postOpenAi(url);
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('12');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    await postOpenAi(url);
    const refused = await postOpenAi(url);
    expect(refused.status).toBe(429);
    const retryAfterMs = Number(refused.headers.get('retry-after-ms'));
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(10_000);
    expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(retryAfterMs / 1_000)));
    expect(refused.headers.get('x-ratelimit-reset-requests')).toBe(String(Math.ceil(retryAfterMs / 1_000)));
    advance(retryAfterMs - 1);
    expect((await postOpenAi(url)).status).toBe(429);
    advance(1);
    expect((await postOpenAi(url)).status).toBe(200);
  });
});

describe('a bucket', () => {
  test('of one second admits one request that is larger, and the next when it is filled again', async () => {
    const { url, advance } = await startTestSimulator({
      openai: { limits: { tpm: 6_000, window: 'bucket1s' }, chargesFailedRequests: false },
    });
    const send = (): Promise<Response> => postOpenAi(url, { max_completion_tokens: 1_000 });
    expect((await send()).status).toBe(200);
    const refused = await send();
    expect(refused.status).toBe(429);
    const seconds = Number(/try again in ([\d.]+)s/.exec(await refused.text())?.[1]);
    expect(seconds).toBeGreaterThan(9.9);
    expect(seconds).toBeLessThan(11);
    advance(Math.floor(seconds * 1_000) - 1);
    expect((await send()).status).toBe(429);
    advance(2);
    expect((await send()).status).toBe(200);
  });
});

describe('daily requests', () => {
  test('are refused with the time to midnight on the Pacific coast, though the minute is free', async () => {
    const { url } = await startTestSimulator({ openai: { limits: { rpm: 60, rpd: 1 } } });
    await postOpenAi(url);
    const refused = await postOpenAi(url);
    expect(refused.headers.get('retry-after')).toBe(String(8 * 3_600));
    expect(await refused.json()).toMatchObject({
      error: { type: 'requests', message: expect.stringContaining('requests per day (RPD): Limit 1, Used 1') },
    });
  });
});

describe('input and output tokens', () => {
  test('of Anthropic are limited apart, output as it is generated', async () => {
    const { url, control } = await startTestSimulator({
      anthropic: { limits: { inputTpm: 40_000, outputTpm: 50 } },
    });
    const first = await postAnthropic(url, { messages, max_tokens: 60 });
    expect(first.headers.get('anthropic-ratelimit-output-tokens-limit')).toBe('50');
    expect(first.headers.get('anthropic-ratelimit-tokens-limit')).toBe('40050');
    const [entry] = await control.ledger();
    expect(entry).toMatchObject({ outcome: 'answered', outputTokens: 60 });
    const refused = await postAnthropic(url, { messages, max_tokens: 60 });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining('50 output tokens per minute') },
    });
  });

  test.each([true, false])('output counts while it is generated, not at its end (stream: %s)', async (stream) => {
    const { url, control } = await startTestSimulator({
      anthropic: {
        latency: { firstTokenMs: 0, sigma: 0, tokensPerSecond: 400 },
        limits: { outputTpm: 60 },
      },
    });
    const leave = new AbortController();
    const sent = postAnthropic(url, { messages, stream, max_tokens: 5_000 }, { signal: leave.signal })
      .then((response) => response.text())
      .catch(() => 'left');
    await eventually(async () => ((await control.ledger())[0]?.outputTokens ?? 0) >= 60 || undefined);
    expect((await postAnthropic(url)).status).toBe(429);
    expect((await control.ledger())[0]?.outcome).toBe('running');
    leave.abort();
    await sent;
  });

  test('what Bedrock gives back stands in the ledger', async () => {
    const { url, control } = await startTestSimulator({ openai: { limits: { tpm: 100_000, refundsOutput: true } } });
    const { headers } = await postOpenAi(url, { messages, max_completion_tokens: 50_000 });
    const entry = await eventually(async () => {
      const [first] = await control.ledger();
      return first !== undefined && first.chargedTokens < 50_000 ? first : undefined;
    });
    expect(entry.chargedTokens).toBe(entry.inputTokens + entry.outputTokens);
    expect(Number(headers.get('x-ratelimit-remaining-tokens'))).toBe(50_000 - entry.inputTokens);
    const later = await postOpenAi(url, { messages, max_completion_tokens: 50_000 });
    expect(later.status).toBe(200);
  });
});

describe('headers: none', () => {
  test('a refusal says neither what is left nor how long to wait', async () => {
    const { url } = await startTestSimulator({ openai: { limits: { rpm: 1 }, headers: 'none' } });
    await postOpenAi(url);
    const refused = await postOpenAi(url);
    expect(refused.status).toBe(429);
    expect([...refused.headers.keys()].filter((name) => /ratelimit|retry-after/.test(name))).toEqual([]);
  });
});

describe('an endpoint’s own tokenizer', () => {
  test.each([0.1, -0.1])('with a bias of %d counts usage, charge and context window by itself', async (bias) => {
    const { url, control } = await startTestSimulator({ openai: { tokenizer: { bias } } });
    await control.putEndpoint('exact', { ...openAiEndpoint, latency: fast });
    const send = async (endpoint: string): Promise<number> => {
      const init = { headers: { authorization: 'Bearer key-o', 'content-type': 'application/json' } };
      const body = JSON.stringify({ model: 'gpt-5', messages, max_completion_tokens: 10 });
      const response = await fetch(`${url}/${endpoint}/v1/chat/completions`, { method: 'POST', body, ...init });
      return ((await response.json()) as { usage: { prompt_tokens: number } }).usage.prompt_tokens;
    };
    const own = await send('o');
    expect(own).toBe(Math.round((await send('exact')) * (1 + bias)));
    const [entry] = await control.ledger();
    expect(entry).toMatchObject({ inputTokens: own, chargedTokens: own + 10 });
    await control.putEndpoint('o', { ...openAiEndpoint, tokenizer: { bias }, contextWindow: own + 9 });
    const tooLong = await postOpenAi(url, { messages, max_completion_tokens: 10 });
    expect(await tooLong.json()).toMatchObject({ error: { code: 'context_length_exceeded' } });
  });

  test('spread makes one text longer and another shorter, each always by the same', async () => {
    const { url, control } = await startTestSimulator({ anthropic: { tokenizer: { spread: 0.1 } } });
    const texts = Array.from({ length: 12 }, (_, index) => `${sectionPrompt} ${String.fromCharCode(97 + index)}`);
    for (const content of [...texts, ...texts]) {
      await postAnthropic(url, { messages: [{ role: 'user', content }], max_tokens: 1 });
    }
    const counts = (await control.ledger()).map(({ inputTokens }) => inputTokens);
    expect(counts.slice(12)).toEqual(counts.slice(0, 12));
    const { url: exactUrl, control: exact } = await startTestSimulator();
    await postAnthropic(exactUrl, { messages: [{ role: 'user', content: texts[0] }], max_tokens: 1 });
    const exactCount = (await exact.ledger())[0]?.inputTokens ?? 0;
    expect(Math.min(...counts)).toBeLessThan(exactCount);
    expect(Math.max(...counts)).toBeGreaterThan(exactCount);
    expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil(exactCount * 1.1));
  });
});
