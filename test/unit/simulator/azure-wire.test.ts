import { AzureOpenAI, BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { startTestSimulator } from './harness';
import { sectionPrompt } from './passages';

const messages = [{ role: 'user' as const, content: sectionPrompt }];
const prompt = { model: 'gpt-5-main', messages };

async function post(url: string, path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${url}/z/openai/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-5-main', messages }),
  });
}

describe('Azure OpenAI', () => {
  test('serves the dated and the v1 interface with the same answer', async () => {
    const { azure, azureV1, control } = await startTestSimulator();
    const dated = await azure.chat.completions.create(prompt);
    const v1 = await azureV1.chat.completions.create(prompt);
    expect(dated.choices[0]?.message.content?.length).toBeGreaterThan(50);
    expect(v1.choices[0]?.message.content).toBe(dated.choices[0]?.message.content);
    expect((await control.ledger()).map((entry) => [entry.provider, entry.interface, entry.model])).toEqual([
      ['azure-openai', 'chat', 'gpt-5-main'],
      ['azure-openai', 'chat', 'gpt-5-main'],
    ]);
  });

  test('serves Responses in both interfaces', async () => {
    const { azure, azureV1 } = await startTestSimulator();
    const dated = await azure.responses.create({ model: 'gpt-5-main', input: 'Hello.' });
    const v1 = await azureV1.responses.create({ model: 'gpt-5-main', input: 'Hello.' });
    expect(dated.output_text).toBe(v1.output_text);
    const background = await azureV1.responses.create({ model: 'gpt-5-main', input: 'Hello.', background: true });
    expect((await azureV1.responses.retrieve(background.id)).id).toBe(background.id);
  });

  test('a stream begins with what the filter says about the prompt, without a choice', async () => {
    const { azure } = await startTestSimulator();
    const stream = await azure.chat.completions.create({
      ...prompt,
      stream: true,
      stream_options: { include_usage: true },
    });
    const choices: number[] = [];
    let text = '';
    for await (const chunk of stream) {
      choices.push(chunk.choices.length);
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(choices[0]).toBe(0);
    expect(text).toBe((await azure.chat.completions.create(prompt)).choices[0]?.message.content);
  });

  test('sends its own request id and limits', async () => {
    const { url } = await startTestSimulator({ azure: { limits: { rpm: 10, tpm: 5_000 } } });
    const response = await post(url, 'v1/chat/completions', { 'api-key': 'key-z' });
    expect(response.headers.get('apim-request-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9');
    expect(response.headers.get('x-ratelimit-reset-requests')).toBe('60');
  });

  test.each([
    ['api-key', { 'api-key': 'key-z' }, 200],
    ['a bearer token', { authorization: 'Bearer key-z' }, 200],
    ['no key', {}, 401],
    ['a wrong key', { 'api-key': 'other' }, 401],
  ])('%s: %j is answered with %d', async (_name, headers, status) => {
    const { url } = await startTestSimulator();
    const response = await post(url, 'v1/chat/completions', headers);
    expect(response.status).toBe(status);
    if (status === 401) {
      expect(await response.json()).toEqual({
        error: { code: '401', message: expect.stringContaining('Access denied') },
      });
    }
  });

  test('a deployment that does not exist is a 404 of its own', async () => {
    const { url } = await startTestSimulator();
    const stranger = new AzureOpenAI({
      apiKey: 'key-z',
      endpoint: `${url}/z`,
      apiVersion: '2025-04-01-preview',
      deployment: 'gone',
      maxRetries: 0,
    });
    const error: unknown = await stranger.chat.completions.create(prompt).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'DeploymentNotFound' });
  });

  test('a dated path without its version does not exist', async () => {
    const { url } = await startTestSimulator();
    const response = await post(url, 'deployments/gpt-5-main/chat/completions', { 'api-key': 'key-z' });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: { code: '404', message: 'Resource not found' } });
  });

  test('a filtered prompt is a 400 with the filter’s judgement', async () => {
    const { azure, control } = await startTestSimulator();
    await control.addFault({ kind: 'promptBlocked' });
    const error: unknown = await azure.chat.completions.create(prompt).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({
      code: 'content_filter',
      error: { innererror: { code: 'ResponsibleAIPolicyViolation' } },
    });
  });

  test('over the limit it says how long to wait in three places', async () => {
    const { azure } = await startTestSimulator({ azure: { limits: { rpm: 1 } } });
    await azure.chat.completions.create(prompt);
    const error = (await azure.chat.completions.create(prompt).catch((thrown: unknown) => thrown)) as RateLimitError;
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error.message).toContain('retry after 60 seconds');
    expect(error.headers.get('retry-after')).toBe('60');
    expect(error.headers.get('retry-after-ms')).toBe('60000');
  });

  test('high demand is a 429 of another kind', async () => {
    const { azure, control } = await startTestSimulator();
    await control.addFault({ kind: 'status', status: 429, code: 'high_demand' });
    await expect(azure.chat.completions.create(prompt)).rejects.toThrow('high demand');
  });
});
