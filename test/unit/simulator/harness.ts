/** A simulator in this process for one test, on a clock the test moves, closed after it. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI, { AzureOpenAI } from 'openai';
import { controlSimulator, readEndpoint, startSimulator } from '../../../src/simulator';
import type { EndpointInput, RunningSimulator, SimulatorControl } from '../../../src/simulator';

export const openAiEndpoint: EndpointInput = { provider: 'openai', apiKey: 'key-o', models: ['gpt-5'] };
export const anthropicEndpoint: EndpointInput = { provider: 'anthropic', apiKey: 'key-a', models: ['claude-sonnet-5'] };

export const azureEndpoint: EndpointInput = { provider: 'azure-openai', apiKey: 'key-z', models: ['gpt-5-main'] };
export const geminiEndpoint: EndpointInput = { provider: 'gemini', apiKey: 'key-g', models: ['gemini-3-flash'] };

/** No waiting: the first token at once, the others as fast as they can be written. */
const fast = { firstTokenMs: 0, sigma: 0, tokensPerSecond: 1_000_000 };

export interface TestSimulator {
  readonly url: string;
  readonly control: SimulatorControl;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** The dated interface; the v1 one is OpenAI's client. */
  readonly azure: AzureOpenAI;
  readonly azureV1: OpenAI;
  readonly gemini: GoogleGenAI;
  /** Moves the clock of the limits and the ledger. */
  advance(durationMs: number): void;
}

/** With a fetch of its own the SDK does not look for Node's dispatcher, which is not in the global object of a test. */
const fetchHere: typeof fetch = (target, init) => fetch(target, init);

const running: RunningSimulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

export interface Changes {
  readonly openai?: Partial<EndpointInput>;
  readonly anthropic?: Partial<EndpointInput>;
  readonly azure?: Partial<EndpointInput>;
  readonly gemini?: Partial<EndpointInput>;
  readonly seed?: number;
}

/** Endpoints `o` (OpenAI), `a` (Anthropic), `z` (Azure) and `g` (Gemini), with what the test changes about them. */
export async function startTestSimulator(changes: Changes = {}): Promise<TestSimulator> {
  let nowMs = Date.UTC(2026, 0, 1);
  const simulator = await startSimulator({
    endpoints: [
      readEndpoint('o', { latency: fast, ...openAiEndpoint, ...changes.openai }),
      readEndpoint('a', { latency: fast, ...anthropicEndpoint, ...changes.anthropic }),
      readEndpoint('z', { latency: fast, ...azureEndpoint, ...changes.azure }),
      readEndpoint('g', { latency: fast, ...geminiEndpoint, ...changes.gemini }),
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
    azure: new AzureOpenAI({
      apiKey: 'key-z',
      endpoint: `${url}/z`,
      apiVersion: '2025-04-01-preview',
      deployment: 'gpt-5-main',
      maxRetries: 0,
    }),
    azureV1: new OpenAI({ apiKey: 'key-z', baseURL: `${url}/z/openai/v1`, maxRetries: 0 }),
    gemini: new GoogleGenAI({ apiKey: 'key-g', httpOptions: { baseUrl: `${url}/g`, fetch: fetchHere } }),
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
