import type { ModelAnswer } from '../../../../../src/contracts/model';
import { callOf, providerOf, responses } from '../../dialects';
import { pause, streaming, WireServer } from '../../wire-server';
import { callItem, created, ended, event, itemDone, messageOf, reasoningItem, textDelta } from './responses-events';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

function ask(...events: readonly string[]): Promise<ModelAnswer> {
  server.answerWith(streaming(...events));
  return providerOf(responses, server.url).call(callOf());
}

describe('an answer of Responses', () => {
  test('has its usage, model and text from the events', async () => {
    expect(await ask(created, textDelta(0, 'Hel'), textDelta(0, 'lo'), ended('completed'))).toMatchObject({
      text: 'Hello',
      finishReason: 'stop',
      model: 'gpt-5-2025-08-07',
      usage: { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64, reasoningTokens: 10 },
    });
  });

  test('does not say twice what the last event repeats', async () => {
    const output = [messageOf('Hello')];
    expect(
      (await ask(created, textDelta(0, 'Hello'), itemDone(0, output[0] ?? {}), ended('completed', { output }))).text,
    ).toBe('Hello');
  });

  test('has its text from the last event when no other told it', async () => {
    const output = [reasoningItem, messageOf('Hello'), messageOf(', world')];
    const pieces: string[] = [];
    server.answerWith(streaming(created, ended('completed', { output })));
    const answer = await providerOf(responses, server.url).call(callOf({ onText: (piece) => pieces.push(piece) }));
    expect(answer.text).toBe('Hello, world');
    expect(pieces.join('')).toBe('Hello, world');
  });

  test('has the rest of its text from the last event', async () => {
    const output = [messageOf('Hello'), messageOf(', world')];
    expect((await ask(created, textDelta(0, 'Hel'), ended('completed', { output }))).text).toBe('Hello, world');
  });

  test('is not mixed up with what the model says about its work', async () => {
    const announced = messageOf('I look.', { phase: 'commentary' });
    const answer = await ask(
      created,
      event('response.output_item.added', { output_index: 0, item: announced }),
      textDelta(0, 'I look.'),
      event('response.output_item.added', { output_index: 1, item: messageOf('', { phase: 'final_answer' }) }),
      textDelta(1, '{"a":1}'),
      ended('completed', { output: [announced, messageOf('{"a":1}', { phase: 'final_answer' })] }),
    );
    expect(answer.text).toBe('{"a":1}');
  });

  test('brings its tool calls, and the reasoning behind them to be given back', async () => {
    const items = [reasoningItem, callItem('call_1', 'search', '{"a":"x"}'), callItem('call_2', 'count', '')];
    const answer = await ask(
      created,
      event('response.function_call_arguments.delta', { output_index: 1, delta: '{"a"' }),
      ...items.map((item, index) => itemDone(index, item)),
      ended('completed', { output: items }),
    );
    expect(answer).toMatchObject({
      text: '',
      finishReason: 'toolCalls',
      toolCalls: [
        { id: 'call_1', name: 'search', arguments: { a: 'x' } },
        { id: 'call_2', name: 'count', arguments: {} },
      ],
      carried: {
        provider: 'openai',
        data: { endpoint: 'responses-eastus', items: [{ type: 'reasoning', id: 'rs_1' }, {}, {}] },
      },
    });
    expect(answer.firstTokenMs).toEqual(expect.any(Number));
  });

  test('carries nothing when it only speaks', async () => {
    const answer = await ask(
      created,
      textDelta(0, 'Hi'),
      ended('completed', { output: [reasoningItem, messageOf('Hi')] }),
    );
    expect(answer).not.toHaveProperty('carried');
  });

  test('keeps the connection for the next call when it ends with its last event and the body does not', async () => {
    server.answerWith((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(created + textDelta(0, 'Hi') + ended('completed'));
      setTimeout(() => response.end(': bye\n\n'), 10); // Later than the last event, sooner than we give it up.
    });
    const provider = providerOf(responses, server.url);
    await provider.call(callOf());
    const before = server.connections;
    await pause(30);
    expect((await provider.call(callOf())).text).toBe('Hi');
    expect(server.connections).toBe(before);
  });
});
