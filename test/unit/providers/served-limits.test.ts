/** The limit headers of whole calls: as the simulator's limiters write them, and by the age they have at the end. */
import type { ModelAnswer } from '../../../src/contracts/model';
import { readEndpoint, startSimulator } from '../../../src/simulator';
import type { EndpointInput, RunningSimulator } from '../../../src/simulator';
import { anthropic, answerOf, apiKey, callOf, openai, providerOf } from './dialects';
import type { Dialect } from './dialects';
import { pause, WireServer } from './wire-server';

const fast = { firstTokenMs: 0, sigma: 0, tokensPerSecond: 1_000_000 };
/** Of the requests in `dialects.ts`. */
const requestedOutput = 500;

describe('a call to the simulator', () => {
  const running: RunningSimulator[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((simulator) => simulator.close()));
  });

  async function ask(dialect: Dialect, endpoint: Partial<EndpointInput>, now = Date.now): Promise<ModelAnswer> {
    const { provider } = dialect.endpoint;
    const models = ['gpt-4.1'];
    const simulator = await startSimulator({
      endpoints: [readEndpoint('one', { provider, apiKey, models, latency: fast, ...endpoint })],
      clock: { now },
    });
    running.push(simulator);
    return providerOf(dialect, `${simulator.url}/one`).call(callOf());
  }

  test.each(['openai', 'azure'] as const)('reads the headers in the style of %s', async (headers) => {
    const { limits, usage } = await ask(openai, { headers, limits: { rpm: 60, tpm: 10_000 } });
    expect(limits).toEqual([
      { dimension: 'rpm', limit: 60, remaining: 59, resetMs: expect.any(Number), ageMs: expect.any(Number) },
      {
        dimension: 'tpm',
        limit: 10_000,
        remaining: 10_000 - usage.inputTokens - requestedOutput,
        resetMs: expect.any(Number),
        ageMs: expect.any(Number),
      },
    ]);
    for (const { resetMs = 0 } of limits ?? []) expect(resetMs).toBeLessThanOrEqual(61_000);
  });

  test('reads only what Azure knows', async () => {
    const { limits } = await ask(openai, { headers: 'azure', limits: { tpm: 10_000 } });
    expect(limits?.map(({ dimension }) => dimension)).toEqual(['tpm']);
  });

  test('reads a daily limit on requests as one', async () => {
    const noonPacific = Date.UTC(2026, 10, 21, 20);
    const { limits } = await ask(openai, { limits: { rpd: 200 } }, () => noonPacific);
    expect(limits).toMatchObject([{ dimension: 'rpd', limit: 200, remaining: 199 }]);
    // Less the moment the answer took.
    expect(limits?.[0]?.resetMs).toBeGreaterThan(12 * 3_600_000 - 10_000);
  });

  test('reads the headers in the style of Anthropic', async () => {
    const { limits } = await ask(anthropic, { limits: { rpm: 60, inputTpm: 40_000, outputTpm: 8_000 } });
    expect(limits).toMatchObject([
      { dimension: 'rpm', limit: 60, remaining: 59 },
      { dimension: 'tpm', limit: 40_000 },
      { dimension: 'inputTpm', limit: 40_000, remaining: 40_000 },
      { dimension: 'outputTpm', limit: 8_000 },
    ]);
  });

  test('has no readings where there are no headers', async () => {
    expect(await ask(openai, { headers: 'none', limits: { rpm: 60 } })).not.toHaveProperty('limits');
  });
});

describe('a long answer', () => {
  test('brings readings of the age they have at its end', async () => {
    const server = await WireServer.start();
    server.answerWith(async (response) => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '12',
        'x-ratelimit-reset-requests': '20ms',
        'x-ratelimit-limit-tokens': '9000',
        'x-ratelimit-remaining-tokens': '7000',
        'x-ratelimit-reset-tokens': '30s',
      });
      response.flushHeaders();
      await pause(60); // The answer takes its time: that is what the test is about.
      response.end(answerOf(openai, 'Hi'));
    });
    const { limits } = await providerOf(openai, server.url).call(callOf());
    await server.stop();
    const [requests, tokens] = limits ?? [];
    expect(requests).toMatchObject({ dimension: 'rpm', limit: 60, remaining: 12, resetMs: 20 });
    expect(tokens).toMatchObject({ dimension: 'tpm', limit: 9_000, remaining: 7_000, resetMs: 30_000 });
    expect(tokens?.ageMs).toBeGreaterThanOrEqual(40);
  });
});
