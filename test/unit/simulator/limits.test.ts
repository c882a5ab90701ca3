import { postAnthropic, postOpenAi, startTestSimulator } from './harness';

async function statuses(count: number, send: () => Promise<Response>): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await send()).status);
  return seen;
}

describe('rpm', () => {
  test('admits exactly the limit, refuses the next with a true retry-after, and admits again when it has passed', async () => {
    const { url, advance } = await startTestSimulator({ openai: { limits: { rpm: 3 }, chargesFailedRequests: false } });
    expect(await statuses(3, () => postOpenAi(url))).toEqual([200, 200, 200]);
    advance(12_500);
    const refused = await postOpenAi(url);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('48');
    expect(await refused.json()).toMatchObject({ error: { type: 'requests', code: 'rate_limit_exceeded' } });
    advance(47_499);
    expect((await postOpenAi(url)).status).toBe(429);
    advance(1);
    expect((await postOpenAi(url)).status).toBe(200);
  });

  test.each([
    ['OpenAI counts a refused request as one', true, 429],
    ['Anthropic does not', false, 200],
  ])('%s', async (_name, isOpenAi, expected) => {
    const { url, advance } = await startTestSimulator({
      openai: { limits: { rpm: 1 } },
      anthropic: { limits: { rpm: 1 } },
    });
    const send = isOpenAi ? postOpenAi : postAnthropic;
    expect(await statuses(2, () => send(url))).toEqual([200, 429]);
    advance(30_000);
    expect((await send(url)).status).toBe(429);
    advance(30_000);
    expect((await send(url)).status).toBe(expected);
  });

  test('malformed requests count as failed ones at OpenAI', async () => {
    const { url } = await startTestSimulator({ openai: { limits: { rpm: 2 } } });
    expect((await postOpenAi(url, { messages: [] })).status).toBe(400);
    expect((await postOpenAi(url, { model: 'gpt-2' })).status).toBe(404);
    expect((await postOpenAi(url)).status).toBe(429);
  });
});

describe('tpm', () => {
  test('OpenAI charges input plus the larger output cap at admission, exactly up to the limit', async () => {
    const { url, control } = await startTestSimulator();
    const caps = { max_tokens: 1, max_completion_tokens: 738 };
    await postOpenAi(url, caps);
    const [first] = await control.ledger();
    const charged = (first?.inputTokens ?? 0) + 738;
    expect(first?.chargedTokens).toBe(charged);

    const exact = await startTestSimulator({ openai: { limits: { tpm: 2 * charged } } });
    expect(await statuses(3, () => postOpenAi(exact.url, caps))).toEqual([200, 200, 429]);
    const short = await startTestSimulator({ openai: { limits: { tpm: 2 * charged - 1 } } });
    expect(await statuses(2, () => postOpenAi(short.url, caps))).toEqual([200, 429]);
  });

  test('Anthropic charges input only', async () => {
    const { url, control } = await startTestSimulator();
    await postAnthropic(url, { max_tokens: 5_000 });
    const [entry] = await control.ledger();
    expect(entry?.chargedTokens).toBe(entry?.inputTokens);
  });

  test('a request larger than the limit is refused without a hint to wait', async () => {
    const { url } = await startTestSimulator({ openai: { limits: { tpm: 100 } } });
    const refused = await postOpenAi(url, { max_completion_tokens: 200 });
    expect(refused.status).toBe(429);
    expect(refused.headers.has('retry-after')).toBe(false);
    expect(await refused.json()).toMatchObject({
      error: { type: 'tokens', message: expect.stringContaining('Request too large') },
    });
  });
});

describe('concurrency', () => {
  test('admits exactly as many as allowed and frees the place when an answer ends', async () => {
    const { url, control } = await startTestSimulator({ anthropic: { limits: { concurrency: 2 } } });
    await control.addFault({ kind: 'hangBeforeHeaders', count: 2 });
    const leave = new AbortController();
    const held = [1, 2].map(() => postAnthropic(url, {}, { signal: leave.signal }).catch(() => 'left'));
    for (;;) {
      if ((await control.summary()).endpoints['a']?.inFlight === 2) break;
    }
    const refused = await postAnthropic(url);
    expect(refused.status).toBe(429);
    expect(refused.headers.has('retry-after')).toBe(false);
    leave.abort();
    await Promise.all(held);
    for (;;) {
      if ((await control.summary()).endpoints['a']?.inFlight === 0) break;
    }
    expect((await postAnthropic(url)).status).toBe(200);
    expect((await control.summary()).endpoints['a']?.maxInFlight).toBe(2);
  });
});

describe('limit headers', () => {
  test('OpenAI: limit, remaining and the time to full as a Go duration', async () => {
    const { url, advance } = await startTestSimulator({ openai: { limits: { rpm: 10, tpm: 10_000 } } });
    await postOpenAi(url);
    advance(59_250);
    const { headers } = await postOpenAi(url, { max_completion_tokens: 100 });
    expect(headers.get('x-ratelimit-limit-requests')).toBe('10');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('8');
    expect(headers.get('x-ratelimit-reset-requests')).toBe('1m0s');
    expect(headers.get('x-ratelimit-limit-tokens')).toBe('10000');
    expect(Number(headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(9_900);
    expect(headers.get('x-request-id')).toMatch(/^req_/);
  });

  test('Anthropic: remaining tokens rounded to thousands, resets in RFC 3339', async () => {
    const { url } = await startTestSimulator({ anthropic: { limits: { rpm: 10, tpm: 10_000 } } });
    const { headers } = await postAnthropic(url);
    expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('9');
    expect(headers.get('anthropic-ratelimit-requests-reset')).toBe('2026-01-01T00:01:00Z');
    expect(headers.get('anthropic-ratelimit-input-tokens-limit')).toBe('10000');
    expect(headers.get('anthropic-ratelimit-input-tokens-remaining')).toBe('10000');
    expect(headers.get('request-id')).toMatch(/^req_/);
  });
});
