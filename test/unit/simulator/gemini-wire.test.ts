import { ApiError } from '@google/genai';
import type { GenerateContentParameters, GenerateContentResponse } from '@google/genai';
import { startTestSimulator } from './harness';
import { passages, sectionPrompt } from './passages';

const prompt = { model: 'gemini-3-flash', contents: sectionPrompt };

async function errorOf(call: Promise<unknown>): Promise<{ status: number; body: { error: Record<string, unknown> } }> {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(thrown)}`);
  return { status: thrown.status, body: JSON.parse(thrown.message) as { error: Record<string, unknown> } };
}

describe('Gemini', () => {
  test('the SDK reads a whole answer with its usage', async () => {
    const { gemini } = await startTestSimulator();
    const response = await gemini.models.generateContent(prompt);
    expect(response.text?.length).toBeGreaterThan(50);
    expect(response.candidates?.[0]?.finishReason).toBe('STOP');
    const { promptTokenCount, candidatesTokenCount, totalTokenCount } = response.usageMetadata ?? {};
    expect(totalTokenCount).toBe((promptTokenCount ?? 0) + (candidatesTokenCount ?? 0));
    expect(response.modelVersion).toBe('gemini-3-flash');
  });

  test('the SDK reads a stream to the same text, with the finish reason and usage at its end', async () => {
    const { gemini } = await startTestSimulator();
    const whole = await gemini.models.generateContent(prompt);
    const chunks: GenerateContentResponse[] = [];
    for await (const chunk of await gemini.models.generateContentStream(prompt)) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe(whole.text);
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
    expect(chunks.at(-1)?.usageMetadata).toEqual(whole.usageMetadata);
    expect(chunks.slice(0, -1).every((chunk) => chunk.candidates?.[0]?.finishReason === undefined)).toBe(true);
  });

  test.each([
    [
      'responseJsonSchema',
      {
        responseJsonSchema: { type: 'object', properties: { quote: { type: 'string' }, chapter: { type: 'integer' } } },
      },
    ],
    [
      'responseSchema',
      { responseSchema: { type: 'OBJECT', properties: { quote: { type: 'STRING' }, chapter: { type: 'INTEGER' } } } },
    ],
  ])('a structured answer matches %s and quotes the text', async (_name, schema) => {
    const { gemini } = await startTestSimulator();
    const config = { responseMimeType: 'application/json', ...schema } as GenerateContentParameters['config'] & object;
    const response = await gemini.models.generateContent({ ...prompt, config });
    const { quote, chapter } = JSON.parse(response.text ?? '') as { quote: string; chapter: number };
    expect(passages.find((passage) => passage.chapter === chapter)?.text).toContain(quote);
  });

  test('an answer at its cap ends with MAX_TOKENS', async () => {
    const { gemini } = await startTestSimulator();
    const response = await gemini.models.generateContent({ ...prompt, config: { maxOutputTokens: 9 } });
    expect(response.candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
    expect(response.usageMetadata?.candidatesTokenCount).toBe(9);
  });

  test('says nothing about limits in headers, and everything in the error', async () => {
    const { gemini, advance } = await startTestSimulator({ gemini: { limits: { rpm: 1, rpd: 2 } } });
    const first = await gemini.models.generateContent(prompt);
    expect(Object.keys(first.sdkHttpResponse?.headers ?? {}).filter((name) => /limit|retry/.test(name))).toEqual([]);
    advance(42_250);
    const minute = await errorOf(gemini.models.generateContent(prompt));
    expect(minute.status).toBe(429);
    expect(minute.body.error).toMatchObject({
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: expect.stringContaining('PerMinute'), quotaValue: '1' }],
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '17.750s' },
      ],
    });
    advance(60_000);
    await gemini.models.generateContent(prompt);
    advance(60_000);
    const day = await errorOf(gemini.models.generateContent(prompt));
    expect(JSON.stringify(day.body)).toContain('PerDay');
  });

  test.each([
    ['a wrong key', { apiKey: 'x' }, {}, 400, 'INVALID_ARGUMENT'],
    ['no key', { apiKey: undefined }, {}, 403, 'PERMISSION_DENIED'],
    ['an unknown model', {}, { model: 'gemini-1' }, 404, 'NOT_FOUND'],
    ['no contents', {}, { contents: [] }, 400, 'INVALID_ARGUMENT'],
    ['an unknown field', {}, { colour: 1 }, 400, 'INVALID_ARGUMENT'],
    [
      'a file that is not in base64',
      {},
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: '?' } }] }] },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'a file of another type',
      {},
      { contents: [{ parts: [{ inlineData: { mimeType: 'text/css', data: 'AAAA' } }] }] },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'a GIF',
      {},
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/gif', data: 'AAAA' } }] }] },
      400,
      'INVALID_ARGUMENT',
    ],
    ['a cap beyond the model', {}, { generationConfig: { maxOutputTokens: 1_000_000 } }, 400, 'INVALID_ARGUMENT'],
    [
      'both ways to ask for thinking',
      {},
      { generationConfig: { thinkingConfig: { thinkingBudget: 1, thinkingLevel: 'LOW' } } },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'more than the context window',
      {},
      { contents: [{ parts: [{ text: 'word '.repeat(300) }] }] },
      400,
      'INVALID_ARGUMENT',
    ],
  ])('refuses %s', async (_name, key, body, status, name) => {
    const { url } = await startTestSimulator({ gemini: { contextWindow: 250 } });
    const { model = 'gemini-3-flash', ...rest } = { contents: [{ parts: [{ text: 'x' }] }], ...body } as {
      model?: string;
    };
    const apiKey = 'apiKey' in key ? key.apiKey : 'key-g';
    const response = await fetch(`${url}/g/v1beta/models/${model}:generateContent`, {
      method: 'POST',
      headers: apiKey === undefined ? {} : { 'x-goog-api-key': apiKey },
      body: JSON.stringify(rest),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code: status, status: name, message: expect.any(String) } });
  });

  test('a blocked prompt is a 200 with a reason and no candidate', async () => {
    const { gemini, control } = await startTestSimulator();
    await control.addFault({ kind: 'promptBlocked' });
    const response = await gemini.models.generateContent(prompt);
    expect(response.promptFeedback?.blockReason).toBe('PROHIBITED_CONTENT');
    expect(response.candidates).toBeUndefined();
  });

  test('the filter ends an answer with SAFETY', async () => {
    const { gemini, control } = await startTestSimulator();
    await control.addFault({ kind: 'contentFilter' });
    const response = await gemini.models.generateContent(prompt);
    expect(response.candidates?.[0]?.finishReason).toBe('SAFETY');
  });

  test.each([
    [503, undefined, 'UNAVAILABLE'],
    [500, undefined, 'INTERNAL'],
    [429, 'PerDay', 'RESOURCE_EXHAUSTED'],
    [400, 'FAILED_PRECONDITION', 'FAILED_PRECONDITION'],
  ])('a posted %d with code %s has status %s', async (status, code, name) => {
    const { gemini, control } = await startTestSimulator();
    await control.addFault({ kind: 'status', status, ...(code === undefined ? {} : { code }) });
    const { body } = await errorOf(gemini.models.generateContent(prompt));
    expect(body.error).toMatchObject({ code: status, status: name });
  });

  test('an error in mid-stream is thrown by the SDK', async () => {
    const { gemini, control } = await startTestSimulator();
    await control.addFault({ kind: 'errorEvent', afterChunks: 1 });
    const read = (async () => {
      for await (const chunk of await gemini.models.generateContentStream(prompt)) void chunk;
    })();
    await expect(read).rejects.toMatchObject({ status: 503, message: expect.stringContaining('UNAVAILABLE') });
  });
});
