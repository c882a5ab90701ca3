/** A simulator in this process for one test, on a clock the test moves, closed after it. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { controlSimulator, readEndpoint, startSimulator } from '../../../src/simulator';
import type { EndpointInput, RunningSimulator, SimulatorControl } from '../../../src/simulator';

export const openAiEndpoint: EndpointInput = { provider: 'openai', apiKey: 'key-o', models: ['gpt-5'] };
export const anthropicEndpoint: EndpointInput = { provider: 'anthropic', apiKey: 'key-a', models: ['claude-sonnet-5'] };

/** No waiting: the first token at once, the others as fast as they can be written. */
const fast = { firstTokenMs: 0, sigma: 0, tokensPerSecond: 1_000_000 };

export interface TestSimulator {
  readonly url: string;
  readonly control: SimulatorControl;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** Moves the clock of the limits and the ledger. */
  advance(durationMs: number): void;
}

const running: RunningSimulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** Endpoints `o` (OpenAI) and `a` (Anthropic), with what the test changes about them. */
export async function startTestSimulator(
  changes: { openai?: Partial<EndpointInput>; anthropic?: Partial<EndpointInput>; seed?: number } = {},
): Promise<TestSimulator> {
  let nowMs = Date.UTC(2026, 0, 1);
  const simulator = await startSimulator({
    endpoints: [
      readEndpoint('o', { latency: fast, ...openAiEndpoint, ...changes.openai }),
      readEndpoint('a', { latency: fast, ...anthropicEndpoint, ...changes.anthropic }),
    ],
    clock: { now: () => nowMs },
    ...(changes.seed === undefined ? {} : { seed: changes.seed }),
  });
  running.push(simulator);
  const { url } = simulator;
  return {
    url,
    control: controlSimulator(url),
    openai: new OpenAI({ apiKey: 'key-o', baseURL: `${url}/o/v1`, maxRetries: 0 }),
    anthropic: new Anthropic({ apiKey: 'key-a', baseURL: `${url}/a`, maxRetries: 0 }),
    advance: (durationMs) => {
      nowMs += durationMs;
    },
  };
}

export const question = {
  model: 'gpt-5',
  messages: [{ role: 'user' as const, content: 'Say something about the following text.' }],
};

/** A raw Chat Completions request. */
export async function postOpenAi(url: string, body: object = {}, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/o/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key-o', 'content-type': 'application/json' },
    body: JSON.stringify({ ...question, ...body }),
    ...init,
  });
}

/** A raw Messages request. */
export async function postAnthropic(url: string, body: object = {}, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/a/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'key-a', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({ ...question, model: 'claude-sonnet-5', max_tokens: 100, ...body }),
    ...init,
  });
}

/** Resolves when `read` gives a value. Bounded by the test's own timeout. */
export async function eventually<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
