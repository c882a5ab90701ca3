import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultKinds, InputError, readConfig } from '../../../src/simulator';
import type { FaultKind } from '../../../src/simulator';
import { anthropicEndpoint, openAiEndpoint, postOpenAi, startTestSimulator } from './harness';

async function send(url: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${url}/control/${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

describe('control API', () => {
  const fault = { kind: 'status', status: 500 };
  test.each([
    ['PUT', 'endpoints/x', { ...openAiEndpoint, limits: { rpm: -1 } }, 'limits.rpm'],
    ['PUT', 'endpoints/x', { ...openAiEndpoint, limits: { rpm: 1.5 } }, 'limits.rpm'],
    ['PUT', 'endpoints/x', { ...openAiEndpoint, limits: { rpw: 1 } }, 'limits.rpw'],
    ['PUT', 'endpoints/x', { ...openAiEndpoint, provider: 'acme' }, 'provider'],
    ['PUT', 'endpoints/x', { provider: 'openai' }, 'apiKey'],
    ['PUT', 'endpoints/x', { ...openAiEndpoint, models: [] }, 'models'],
    ['PUT', 'endpoints/x', { ...openAiEndpoint, latency: { sigma: 'big' } }, 'latency.sigma'],
    ['PUT', 'endpoints/x', { ...openAiEndpoint, colour: 'red' }, 'colour'],
    ['PUT', 'endpoints/x', { provider: 'gemini', apiKey: 'k', headers: 'openai' }, 'headers'],
    ['PUT', 'endpoints/x', [], ''],
    ['PUT', 'endpoints/x', '{', ''],
    ['PUT', 'endpoints/control', openAiEndpoint, 'name'],
    ['PUT', 'endpoints/a%20b', openAiEndpoint, 'name'],
    ['POST', 'faults', { kind: 'explode' }, 'kind'],
    ['POST', 'faults', { kind: 'status' }, 'status'],
    ['POST', 'faults', { ...fault, status: '500' }, 'status'],
    ['POST', 'faults', { ...fault, count: 0 }, 'count'],
    ['POST', 'faults', { ...fault, probability: 2 }, 'probability'],
    ['POST', 'faults', { ...fault, endpoint: 'nowhere' }, 'endpoint'],
    ['POST', 'faults', { ...fault, delayMs: 5 }, 'delayMs'],
    ['POST', 'faults', { ...fault, headers: { 'retry-after': 5 } }, 'headers.retry-after'],
    ['POST', 'faults', { ...fault, headers: { 'a b': 'x' } }, 'headers.a b'],
    ['POST', 'faults', { ...fault, headers: { 'retry-after': ['1', 2] } }, 'headers.retry-after'],
    ['POST', 'faults', { ...fault, operation: 'cancel' }, 'operation'],
    ['POST', 'faults', { kind: 'rateLimit' }, 'retryInMs'],
    ['POST', 'faults', { kind: 'rateLimit', retryInMs: 1, form: 'smoke signal' }, 'form'],
    ['POST', 'faults', { kind: 'hugeAnswer', bytes: 0 }, 'bytes'],
    ['POST', 'faults', { kind: 'cutStream', how: 'gently' }, 'how'],
    ['POST', 'faults', 'null', ''],
    ['GET', 'ledger?since=yesterday', undefined, 'since'],
    ['GET', 'ledger?endpoint=nowhere', undefined, 'endpoint'],
  ])('%s %s with %j is a 400 that names %j', async (method, path, body, field) => {
    const { url } = await startTestSimulator();
    const response = await send(url, method, path, body);
    const { error } = (await response.json()) as { error: { message: string; field: string } };
    expect(response.status).toBe(400);
    expect(error.field).toBe(field);
    expect(error.message).toContain(field);
    expect(error.message).not.toContain('\n');
  });

  test('an unknown route or fault is a 404 that says what there is', async () => {
    const { url, control } = await startTestSimulator();
    const response = await send(url, 'GET', 'weather');
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('GET ledger');
    await expect(control.removeFault('fault-9')).rejects.toThrow('there is no fault fault-9');
  });

  test('health says seed, speed and the number of endpoints', async () => {
    const { control } = await startTestSimulator({ seed: 5 });
    expect(await control.health()).toEqual({ status: 'ok', seed: 5, speed: 1, endpoints: 4 });
  });

  test('an endpoint can be declared and serves at once', async () => {
    const { url, control } = await startTestSimulator();
    const put = await control.putEndpoint('b', { ...anthropicEndpoint, limits: { rpm: 5 } });
    expect(put).toMatchObject({ name: 'b', limits: { rpm: 5 }, contextWindow: 200_000, chargesFailedRequests: false });
    expect((await control.endpoints()).map(({ name }) => name)).toEqual(['o', 'a', 'z', 'g', 'b']);
    expect((await fetch(`${url}/b/v1/messages`, { method: 'POST' })).status).toBe(401);
  });

  test('a fault of an unknown kind is refused with the kinds there are', async () => {
    const { control } = await startTestSimulator();
    const posted = control.addFault({ kind: 'explode' as FaultKind });
    await expect(posted).rejects.toThrow(`kind: expected one of ${faultKinds.join(', ')}, got "explode"`);
  });

  test.each([
    ['openai', 'openai', true, 400_000],
    ['azure-openai', 'azure', true, 400_000],
    ['anthropic', 'anthropic', false, 200_000],
    ['gemini', 'none', false, 1_048_576],
  ] as const)('%s has headers %s, charges failed requests: %s, and %d tokens of context', async (...row) => {
    const [provider, headers, chargesFailedRequests, contextWindow] = row;
    const { control } = await startTestSimulator();
    const put = await control.putEndpoint('b', { provider, apiKey: 'k' });
    expect(put).toMatchObject({ provider, headers, chargesFailedRequests, contextWindow });
  });

  test('new limits do not give back what was charged under the old ones', async () => {
    const { url, control } = await startTestSimulator({ openai: { limits: { rpm: 2 } } });
    await postOpenAi(url);
    await postOpenAi(url);
    await control.putEndpoint('o', { ...openAiEndpoint, limits: { rpm: 2 } });
    expect((await postOpenAi(url)).status).toBe(429);
    await control.putEndpoint('o', { ...openAiEndpoint, limits: { rpm: 4 } });
    expect((await postOpenAi(url)).status).toBe(200);
  });

  test('the client rejects with the simulator’s own message', async () => {
    const { control } = await startTestSimulator();
    const call = control.addFault({ kind: 'status', status: 42 });
    await expect(call).rejects.toThrow(
      'simulator: POST /control/faults: status: expected a whole number from 200 to 599',
    );
  });
});

describe('readConfig', () => {
  test('reads the shipped configuration', () => {
    const path = join(__dirname, '../../../config/simulator.json');
    const endpoints = readConfig(JSON.parse(readFileSync(path, 'utf8')));
    expect(endpoints.map(({ name, limits }) => [name, limits])).toEqual([
      ['openai-eastus', { rpm: 60, tpm: 60_000, concurrency: 8 }],
      ['openai-westus', { rpm: 60, tpm: 60_000, concurrency: 8 }],
      ['anthropic-main', { rpm: 50, tpm: 40_000 }],
      ['openai-mini', { rpm: 200, tpm: 200_000 }],
      ['openai-embed', { rpm: 3_000, tpm: 1_000_000, concurrency: 16 }],
      ['azure-eastus', { rpm: 600, tpm: 300_000, concurrency: 32 }],
      ['azure-eastus2', { rpm: 600, tpm: 300_000, concurrency: 32 }],
      ['azure-westus', { rpm: 600, tpm: 300_000, concurrency: 32 }],
    ]);
  });

  test.each([
    [{}, 'endpoints: expected a list'],
    [{ endpoints: [{ ...openAiEndpoint }] }, 'endpoints.0.name: expected text, got nothing'],
    [{ endpoints: [{ name: 'x', ...openAiEndpoint, apiKey: 5 }] }, 'endpoints.0.apiKey: expected text, got 5'],
    [{ endpoints: [1, 2].map(() => ({ name: 'x', ...openAiEndpoint })) }, 'endpoints.1.name: x is there twice'],
  ])('refuses %j', (config, message) => {
    expect(() => readConfig(config)).toThrow(new InputError('', message));
  });
});
