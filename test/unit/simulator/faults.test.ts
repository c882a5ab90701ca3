import { APIConnectionError, APIError } from 'openai';
import { APIError as AnthropicError } from '@anthropic-ai/sdk';
import type { CallOutcome, FaultInput, FaultKind } from '../../../src/simulator';
import { eventually, postAnthropic, postOpenAi, question, startTestSimulator } from './harness';
import type { TestSimulator } from './harness';
import { sectionPrompt } from './passages';

const messages = [{ role: 'user' as const, content: sectionPrompt }];
const schema = {
  type: 'object',
  properties: { quote: { type: 'string' } },
  required: ['quote'],
  additionalProperties: false,
};
const jsonFormat = {
  type: 'json_schema' as const,
  json_schema: { name: 'x', schema, strict: true },
};

/** Text of the response as far as it came, and whether the connection broke. */
async function readAll(response: Response): Promise<{ text: string; isBroken: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
    return { text, isBroken: false };
  } catch {
    return { text, isBroken: true };
  }
}

const deltas = (text: string): number => text.split('"content":').length - 1;

interface FaultCase {
  readonly fault: Omit<FaultInput, 'kind'>;
  readonly outcome: CallOutcome;
  readonly isBilled: boolean;
  check(simulator: TestSimulator): Promise<void>;
}

/** What the ledger says of each; `faults-by-interface.test.ts` has them all. */
const cases: Readonly<Partial<Record<FaultKind, FaultCase>>> = {
  status: {
    fault: { status: 503 },
    outcome: 'fault',
    isBilled: false,
    check: async ({ openai }) => {
      const error: unknown = await openai.chat.completions.create(question).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ status: 503, code: 'server_is_overloaded' });
    },
  },
  refuse: {
    fault: {},
    outcome: 'fault',
    isBilled: false,
    check: async ({ openai }) => {
      await expect(openai.chat.completions.create(question)).rejects.toBeInstanceOf(APIConnectionError);
    },
  },
  hangBeforeHeaders: {
    fault: {},
    outcome: 'aborted',
    isBilled: false,
    check: async ({ url, control }) => {
      const leave = new AbortController();
      const sent = postOpenAi(url, {}, { signal: leave.signal }).catch(() => 'left');
      await eventually(async () => (await control.faults()).find((fault) => fault.fired === 1));
      leave.abort();
      expect(await sent).toBe('left');
    },
  },
  cutStream: {
    fault: { afterChunks: 5 },
    outcome: 'cut',
    isBilled: true,
    check: async ({ url }) => {
      const { text, isBroken } = await readAll(await postOpenAi(url, { messages, stream: true }));
      expect(isBroken).toBe(true);
      // Beside the five pieces there is the empty content of the role chunk.
      expect(deltas(text)).toBe(6);
      expect(text).not.toContain('[DONE]');
    },
  },
  slowDrip: {
    fault: { delayMs: 1 },
    outcome: 'answered',
    isBilled: true,
    check: async ({ url }) => {
      const startedMs = performance.now();
      const { text } = await readAll(await postOpenAi(url, { messages, stream: true, max_completion_tokens: 20 }));
      expect(text).toContain('[DONE]');
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(19);
    },
  },
  silence: {
    fault: { afterChunks: 2, pings: true },
    outcome: 'aborted',
    isBilled: true,
    check: async ({ url }) => {
      const leave = new AbortController();
      const response = await postOpenAi(url, { messages, stream: true }, { signal: leave.signal });
      let text = '';
      const decoder = new TextDecoder();
      const read = (async () => {
        for await (const chunk of response.body ?? []) {
          text += decoder.decode(chunk as Uint8Array);
          if (text.includes(': keep-alive')) leave.abort();
        }
      })();
      await expect(read).rejects.toThrow();
      expect(deltas(text)).toBe(3);
    },
  },
  emptyBody: {
    fault: {},
    outcome: 'fault',
    isBilled: false,
    check: async ({ url }) => {
      const response = await postOpenAi(url);
      expect([response.status, await response.text()]).toEqual([200, '']);
    },
  },
  emptyAnswer: {
    fault: {},
    outcome: 'answered',
    isBilled: true,
    check: async ({ openai }) => {
      expect((await openai.chat.completions.create({ ...question, messages })).choices).toEqual([]);
    },
  },
  html: {
    fault: {},
    outcome: 'fault',
    isBilled: false,
    check: async ({ url }) => {
      const response = await postOpenAi(url);
      expect(response.headers.get('content-type')).toBe('text/html');
      expect(await response.text()).toMatch(/^<!doctype html>/);
    },
  },
  invalidJson: {
    fault: {},
    outcome: 'answered',
    isBilled: true,
    check: async ({ openai }) => {
      const answer = await openai.chat.completions.create({ ...question, messages, response_format: jsonFormat });
      expect(answer.choices[0]?.finish_reason).toBe('stop');
      expect(() => JSON.parse(answer.choices[0]?.message.content ?? '') as unknown).toThrow(SyntaxError);
    },
  },
  missingUsage: {
    fault: {},
    outcome: 'answered',
    isBilled: true,
    check: async ({ openai }) => {
      expect((await openai.chat.completions.create({ ...question, messages })).usage).toBeUndefined();
    },
  },
  contentFilter: {
    fault: {},
    outcome: 'answered',
    isBilled: true,
    check: async ({ openai }) => {
      const answer = await openai.chat.completions.create({ ...question, messages });
      expect(answer.choices[0]?.finish_reason).toBe('content_filter');
    },
  },
  refusal: {
    fault: {},
    outcome: 'answered',
    isBilled: true,
    check: async ({ openai }) => {
      const { message } = (await openai.chat.completions.create({ ...question, messages })).choices[0] ?? {};
      expect(message?.content).toBeNull();
      expect(message?.refusal).toContain("can't help");
    },
  },
  stopReason: {
    fault: { reason: 'tool_calls' },
    outcome: 'answered',
    isBilled: true,
    check: async ({ openai }) => {
      const answer = await openai.chat.completions.create({ ...question, messages });
      expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    },
  },
  errorEvent: {
    fault: { afterChunks: 1 },
    outcome: 'fault',
    isBilled: false,
    check: async ({ openai }) => {
      const stream = await openai.chat.completions.create({ ...question, messages, stream: true });
      const read = (async () => {
        for await (const chunk of stream) void chunk;
      })();
      await expect(read).rejects.toBeInstanceOf(APIError);
    },
  },
  ratelimitHeaders: {
    fault: { headers: { 'X-RateLimit-Remaining-Tokens': '-1', 'x-request-id': null } },
    outcome: 'answered',
    isBilled: true,
    check: async ({ url }) => {
      const { headers } = await postOpenAi(url);
      expect(headers.get('x-ratelimit-remaining-tokens')).toBe('-1');
      expect(headers.has('x-request-id')).toBe(false);
    },
  },
};

describe('faults', () => {
  const entries = Object.entries(cases) as [FaultKind, FaultCase][];
  test.each(entries)('%s strikes once, is counted, stands in the ledger, and is gone', async (kind, faultCase) => {
    const simulator = await startTestSimulator();
    const { control, url } = simulator;
    const { fault, outcome, isBilled, check } = faultCase;
    const posted = await control.addFault({ kind, endpoint: 'o', count: 1, ...fault });
    await check(simulator);
    const entry = await eventually(async () => (await control.ledger()).find((one) => one.outcome !== 'running'));
    expect(entry).toMatchObject({ outcome, billed: isBilled, faultId: posted.id });
    expect(await control.faults()).toMatchObject([{ id: posted.id, fired: 1, left: 0 }]);
    // An error in mid-stream is not billed, but something was generated before it.
    expect(entry.outputTokens > 0).toBe((isBilled && kind !== 'emptyAnswer') || kind === 'errorEvent');
    const next = await postOpenAi(url, { messages });
    expect(await next.json()).toMatchObject({ choices: [{ finish_reason: 'stop' }], usage: {} });
  });

  test.each([
    [{ status: 401 }, 'authentication_error'],
    [{ status: 402 }, 'billing_error'],
    [{ status: 413 }, 'request_too_large'],
    [{ status: 500 }, 'api_error'],
    [{ status: 529 }, 'overloaded_error'],
  ])('Anthropic answers %j in its own form', async (fault, type) => {
    const { control, anthropic } = await startTestSimulator();
    await control.addFault({ kind: 'status', ...fault });
    const error: unknown = await anthropic.messages
      .create({ model: 'claude-sonnet-5', max_tokens: 10, messages })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AnthropicError);
    expect(error).toMatchObject({ status: fault.status, type });
  });

  test.each([
    ['openai', 'insufficient_quota', { code: 'insufficient_quota', type: 'insufficient_quota' }],
    [
      'anthropic',
      'enforced_spend_limit_reached',
      { errorCode: 'enforced_spend_limit_reached', type: 'rate_limit_error' },
    ],
  ] as const)('%s: a 429 can carry the code %s', async (provider, code, expected) => {
    const { control, openai, anthropic } = await startTestSimulator();
    await control.addFault({ kind: 'status', status: 429, code, headers: { 'retry-after': '7' } });
    const call =
      provider === 'openai'
        ? openai.chat.completions.create(question)
        : anthropic.messages.create({ model: 'claude-sonnet-5', max_tokens: 10, messages });
    const error = (await call.catch((thrown: unknown) => thrown)) as APIError;
    expect(error).toMatchObject(expected);
    expect(error.headers?.get('retry-after')).toBe('7');
    expect((await control.summary()).total.rateLimited).toBe(1);
  });

  test('a key that is refused does not use up the limit, another failure does', async () => {
    const { control, url } = await startTestSimulator({ openai: { limits: { rpm: 2 } } });
    await control.addFault({ kind: 'status', status: 401, count: 2 });
    await control.addFault({ kind: 'status', status: 400, count: 1 });
    const seen: number[] = [];
    for (let index = 0; index < 5; index += 1) seen.push((await postOpenAi(url)).status);
    expect(seen).toEqual([401, 401, 400, 200, 429]);
  });

  test('a status fault can be a 200 with an error inside', async () => {
    const { control, openai } = await startTestSimulator();
    await control.addFault({ kind: 'status', status: 200, body: { error: { message: 'Upstream failed' } } });
    const answer = await openai.chat.completions.create(question);
    expect(answer).toMatchObject({ error: { message: 'Upstream failed' } });
    expect((await control.ledger())[0]).toMatchObject({ outcome: 'fault', status: 200, billed: false });
  });

  test('a status fault can send any body', async () => {
    const { control, url } = await startTestSimulator();
    await control.addFault({ kind: 'status', status: 500, body: { odd: [1] } });
    expect(await (await postOpenAi(url)).json()).toEqual({ odd: [1] });
  });

  test.each([
    ['cutStream', 'cut'],
    ['silence', 'aborted'],
    ['errorEvent', 'fault'],
  ] as const)('%s strikes answers that are not streamed too', async (kind, outcome) => {
    const { control, url } = await startTestSimulator();
    await control.addFault({ kind, ...(kind === 'errorEvent' ? {} : { afterChunks: 1 }) });
    const leave = new AbortController();
    const response = await postOpenAi(url, { messages }, { signal: leave.signal });
    if (kind === 'silence') leave.abort();
    const { text } = await readAll(response);
    const entry = await eventually(async () => (await control.ledger()).find((one) => one.outcome !== 'running'));
    expect(entry.outcome).toBe(outcome);
    if (kind === 'errorEvent') expect(JSON.parse(text)).toMatchObject({ error: { type: 'server_error' } });
    else expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  test('a stream that is cut cleanly looks complete but has no end', async () => {
    const { control, url } = await startTestSimulator();
    await control.addFault({ kind: 'cutStream', afterChunks: 2, how: 'end' });
    const { text, isBroken } = await readAll(await postAnthropic(url, { messages, stream: true }));
    expect(isBroken).toBe(false);
    expect(text.split('event: content_block_delta').length - 1).toBe(2);
    expect(text).not.toContain('message_stop');
    expect((await control.ledger())[0]).toMatchObject({ outcome: 'cut', billed: true, outputTokens: 6 });
  });

  test('an answer shorter than the fault expects is broken before its end', async () => {
    const { control, url } = await startTestSimulator();
    await control.addFault({ kind: 'cutStream', afterChunks: 500, how: 'end' });
    const { text } = await readAll(await postOpenAi(url, { messages, stream: true, max_completion_tokens: 3 }));
    expect(text).not.toContain('[DONE]');
  });

  test('a hang or a silence with a duration goes on to a whole answer', async () => {
    const { control, anthropic } = await startTestSimulator();
    await control.addFault({ kind: 'hangBeforeHeaders', forMs: 1, count: 1 });
    await control.addFault({ kind: 'silence', forMs: 1, afterChunks: 1 });
    for (const attempt of [1, 2]) {
      const message = await anthropic.messages
        .stream({ model: 'claude-sonnet-5', max_tokens: 50, messages })
        .finalMessage();
      expect([attempt, message.usage.output_tokens]).toEqual([attempt, 50]);
    }
    expect((await control.faults()).map((fault) => fault.fired)).toEqual([1, 1]);
  });

  test('Anthropic answers a filtered request with stop reason refusal', async () => {
    const { control, anthropic } = await startTestSimulator();
    await control.addFault({ kind: 'contentFilter' });
    const message = await anthropic.messages.create({ model: 'claude-sonnet-5', max_tokens: 50, messages });
    expect(message.stop_reason).toBe('refusal');
    expect(message.stop_details).toMatchObject({ type: 'refusal' });
  });

  test('a fault strikes its endpoint only, until it is removed', async () => {
    const { control, url } = await startTestSimulator();
    const { id } = await control.addFault({ kind: 'status', status: 500, endpoint: 'o' });
    expect((await postAnthropic(url)).status).toBe(200);
    expect((await postOpenAi(url)).status).toBe(500);
    await control.removeFault(id);
    expect((await postOpenAi(url)).status).toBe(200);
  });

  test('a probability strikes its share of the requests, the same ones with the same seed', async () => {
    const strikes = async (seed: number): Promise<number[]> => {
      const { control, url } = await startTestSimulator({ seed });
      await control.addFault({ kind: 'status', status: 500, probability: 0.3 });
      const seen: number[] = [];
      for (let index = 0; index < 60; index += 1) seen.push((await postOpenAi(url)).status);
      return seen;
    };
    const first = await strikes(1);
    const share = first.filter((status) => status === 500).length;
    expect(share).toBeGreaterThan(8);
    expect(share).toBeLessThan(30);
    expect(await strikes(1)).toEqual(first);
    expect(await strikes(2)).not.toEqual(first);
  });

  test('a request over the limit is refused before a fault of the answer can strike', async () => {
    const { control, url } = await startTestSimulator({ openai: { limits: { rpm: 1 } } });
    await postOpenAi(url);
    await control.addFault({ kind: 'status', status: 500 });
    expect((await postOpenAi(url)).status).toBe(429);
    expect((await control.faults())[0]?.fired).toBe(0);
  });
});
