/** Whole rounds of tool calls at the simulator, which checks what the real APIs check: ids, signatures, thinking. */
import type { ModelAnswer, ModelMessage, ModelRequest } from '../../../src/contracts/model';
import type { EndpointSettings, ModelParameters } from '../../../src/contracts/settings';
import { createProvider } from '../../../src/providers/create-provider';
import { readEndpoint, startSimulator } from '../../../src/simulator';
import type { RunningSimulator } from '../../../src/simulator';
import { anthropic, apiKey, callOf, endpointOf, failureOf, gemini } from './dialects';

const fast = { firstTokenMs: 0, sigma: 0, tokensPerSecond: 1_000_000 };
const tools = [
  {
    name: 'search',
    description: 'Searches the archive.',
    inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
  },
];
const question: ModelMessage = { role: 'user', content: 'What does the archive say? [[loop tools]]' };

let simulator: RunningSimulator;
beforeAll(async () => {
  const endpoint = (provider: 'anthropic' | 'gemini') => readEndpoint(provider, { provider, apiKey, latency: fast });
  simulator = await startSimulator({ endpoints: [endpoint('anthropic'), endpoint('gemini')] });
});
afterAll(() => simulator.close());

const claude = (model: string): EndpointSettings => ({ ...endpointOf(anthropic, `${simulator.url}/anthropic`), model });
const google = (model: string): EndpointSettings => ({ ...endpointOf(gemini, `${simulator.url}/gemini`), model });

function ask(
  endpoint: EndpointSettings,
  messages: readonly ModelMessage[],
  parameters: Partial<ModelParameters> = {},
): Promise<ModelAnswer> {
  const { model } = endpoint;
  const request: ModelRequest = { model, messages, tools, parameters: { maxOutputTokens: 4_000, ...parameters } };
  return createProvider({ endpoint, apiKey }).call(callOf({ request }));
}

/** What the conversation goes on with: the answer, and a result for each of its calls. */
function answered({ text, toolCalls = [], carried }: ModelAnswer): ModelMessage[] {
  const results = toolCalls.map(({ id, name }): ModelMessage => ({
    role: 'tool',
    toolCallId: id,
    name,
    content: 'The archive is empty.',
  }));
  return [{ role: 'assistant', content: text, toolCalls, ...(carried === undefined ? {} : { carried }) }, ...results];
}

const thinking = { reasoningEffort: 'medium' } as const;

describe('a loop of tool calls', () => {
  test.each<[string, () => EndpointSettings, Partial<ModelParameters>]>([
    ['a Claude that thinks with a budget', () => claude('claude-haiku-4-5'), thinking],
    ['a Claude that decides how much it thinks', () => claude('claude-sonnet-5'), thinking],
    ['a Claude that does not think', () => claude('claude-sonnet-5'), { reasoningEffort: 'none' }],
    ['a Gemini that asks for its signatures', () => google('gemini-3.8-flash'), thinking],
    ['an older Gemini', () => google('gemini-2.5-flash'), thinking],
  ])('goes on for several rounds with %s', async (_who, endpoint, parameters) => {
    const messages: ModelMessage[] = [question];
    for (let round = 0; round < 3; round++) {
      const answer = await ask(endpoint(), messages, parameters);
      expect(answer).toMatchObject({ finishReason: 'toolCalls', toolCalls: [{ name: 'search' }] });
      messages.push(...answered(answer));
    }
    const ids = messages.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : []));
    expect(new Set(ids).size).toBe(3);
  });

  test.each<[string, () => EndpointSettings, () => EndpointSettings]>([
    ['from Claude to Gemini', () => claude('claude-haiku-4-5'), () => google('gemini-3.8-flash')],
    ['from Gemini to a Claude with a budget', () => google('gemini-3.8-flash'), () => claude('claude-haiku-4-5')],
    ['from Gemini to a Claude without', () => google('gemini-2.5-flash'), () => claude('claude-sonnet-5')],
    ['from one Claude to another', () => claude('claude-sonnet-5'), () => claude('claude-haiku-4-5')],
    ['from one Gemini to another', () => google('gemini-2.5-flash'), () => google('gemini-3.8-flash')],
  ])('survives a change %s', async (_how, before, after) => {
    const calling = await ask(before(), [question], thinking);
    const messages = [question, ...answered(calling)];
    expect((await ask(after(), messages, thinking)).finishReason).toBe('toolCalls');
    const last: ModelMessage = { role: 'user', content: 'Now answer. [[no tools]]' };
    expect((await ask(after(), [...messages, last], thinking)).text).not.toBe('');
  });

  test('fails at the simulator when a signature is lost: so the rounds above would, too', async () => {
    const endpoint = google('gemini-3.8-flash');
    const calling = await ask(endpoint, [question], thinking);
    const forged = { ...calling, carried: JSON.parse(JSON.stringify(calling.carried).replace(/=+"/, 'A"')) as never };
    expect(await failureOf(ask(endpoint, [question, ...answered(forged)]))).toMatchObject({ type: 'Llm.BadRequest' });
  });
});
