/** The same question to every interface, raw, and what is told apart in the answers. */
import type { ProviderKind } from '../../../src/simulator/settings';
import { sectionPrompt } from './passages';

export interface Interface {
  readonly provider: ProviderKind;
  readonly endpoint: string;
  readonly model: string;
  readonly path: (isStream: boolean) => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (isStream: boolean) => object;
  /** What caps the output, beside the body. */
  readonly cap: (tokens: number) => object;
  /** The event with the finish reason. */
  readonly end: RegExp;
  readonly delta: RegExp;
  /** How the answer says that it was cut at its cap, or filtered. */
  readonly atCap: string;
  readonly filtered: string;
  /** Status of a prompt that the filter refuses. */
  readonly blockedStatus: number;
}

const tool = { name: 'look_up', description: 'Looks something up.' };
const parameters = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] };
const question = `${sectionPrompt} [[no tools]]`;
const chatBody = (model: string) => (isStream: boolean) => ({
  model,
  messages: [{ role: 'user', content: question }],
  tools: [{ type: 'function', function: { ...tool, parameters } }],
  stream: isStream,
  ...(isStream ? { stream_options: { include_usage: true } } : {}),
});
const chat = {
  cap: (tokens: number) => ({ max_completion_tokens: tokens }),
  end: /"finish_reason":"\w+"/,
  delta: /"delta":\{"content":"[^"]/,
  atCap: '"finish_reason":"length"',
  filtered: '"finish_reason":"content_filter"',
  blockedStatus: 400,
};

export const interfaces: Readonly<Record<string, Interface>> = {
  chat: {
    ...chat,
    provider: 'openai',
    endpoint: 'o',
    model: 'gpt-5',
    path: () => '/o/v1/chat/completions',
    headers: { authorization: 'Bearer key-o' },
    body: chatBody('gpt-5'),
  },
  responses: {
    provider: 'openai',
    endpoint: 'o',
    model: 'gpt-5',
    path: () => '/o/v1/responses',
    headers: { authorization: 'Bearer key-o' },
    body: (isStream) => ({
      model: 'gpt-5',
      input: question,
      tools: [{ type: 'function', ...tool, parameters }],
      stream: isStream,
    }),
    cap: (tokens) => ({ max_output_tokens: tokens }),
    end: /"type":"response\.(?:completed|incomplete)"/,
    delta: /"type":"response\.output_text\.delta"/,
    atCap: '"reason":"max_output_tokens"',
    filtered: '"reason":"content_filter"',
    blockedStatus: 400,
  },
  'Azure chat': {
    ...chat,
    provider: 'azure-openai',
    endpoint: 'z',
    model: 'gpt-5-main',
    path: () => '/z/openai/deployments/gpt-5-main/chat/completions?api-version=2025-04-01-preview',
    headers: { 'api-key': 'key-z' },
    body: chatBody('gpt-5-main'),
  },
  messages: {
    provider: 'anthropic',
    endpoint: 'a',
    model: 'claude-sonnet-5',
    path: () => '/a/v1/messages',
    headers: { 'x-api-key': 'key-a', 'anthropic-version': '2023-06-01' },
    body: (isStream) => ({
      model: 'claude-sonnet-5',
      max_tokens: 4_000,
      messages: [{ role: 'user', content: question }],
      tools: [{ ...tool, input_schema: parameters }],
      stream: isStream,
    }),
    cap: (tokens) => ({ max_tokens: tokens }),
    end: /"type":"message_delta"/,
    delta: /"type":"text_delta"/,
    atCap: '"stop_reason":"max_tokens"',
    filtered: '"stop_reason":"refusal"',
    blockedStatus: 200,
  },
  generateContent: {
    provider: 'gemini',
    endpoint: 'g',
    model: 'gemini-3-flash',
    path: (isStream) =>
      `/g/v1beta/models/gemini-3-flash:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    headers: { 'x-goog-api-key': 'key-g' },
    body: () => ({
      contents: [{ role: 'user', parts: [{ text: question }] }],
      tools: [{ functionDeclarations: [{ ...tool, parametersJsonSchema: parameters }] }],
    }),
    cap: (tokens) => ({ generationConfig: { maxOutputTokens: tokens } }),
    end: /"finishReason":"\w+"/,
    delta: /"parts":\[\{"text":"[^"]/,
    atCap: '"finishReason":"MAX_TOKENS"',
    filtered: '"finishReason":"SAFETY"',
    blockedStatus: 200,
  },
};

/** What came of a request: its head, its text as far as it came, and whether the connection broke. */
export interface Received {
  readonly response: Response;
  readonly text: string;
  /** Of what was read at once, in bytes. */
  readonly sizes: ReadonlySet<number>;
  readonly isBroken: boolean;
}

export async function ask(
  url: string,
  { path, headers, body }: Interface,
  options: { isStream: boolean; signal?: AbortSignal; extra?: object },
): Promise<Received> {
  const { isStream, extra = {}, ...init } = options;
  const response = await fetch(`${url}${path(isStream)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...body(isStream), ...extra }),
    ...init,
  });
  const decoder = new TextDecoder();
  let text = '';
  const sizes = new Set<number>();
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      sizes.add((chunk as Uint8Array).length);
    }
    return { response, text, sizes, isBroken: false };
  } catch {
    return { response, text, sizes, isBroken: true };
  }
}

export function countIn(text: string, pattern: RegExp): number {
  return [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].length;
}

/** The data of every event, in order. */
export function dataOf(text: string): string[] {
  return [...text.matchAll(/^data: (.*?)\r?$/gm)].map((match) => match[1] ?? '');
}
