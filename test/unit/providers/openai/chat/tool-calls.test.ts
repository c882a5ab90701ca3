import type { ModelAnswer } from '../../../../../src/contracts/model';
import { callOf, compatible, failureOf, openai, providerOf } from '../../dialects';
import type { Dialect } from '../../dialects';
import { streaming, WireServer } from '../../wire-server';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

interface Piece {
  readonly index?: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: unknown };
}

function delta(...calls: readonly Piece[]): string {
  const choice = { index: 0, delta: { tool_calls: calls }, finish_reason: null };
  return `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [choice] })}\n\n`;
}

function ask(dialect: Dialect, finish: string, ...pieces: readonly string[]): Promise<ModelAnswer> {
  const { start, usage, end } = dialect;
  server.answerWith(streaming(start, ...pieces, dialect.finish(finish, usage), end));
  return providerOf(dialect, server.url).call(callOf());
}

const search = { id: 'call_1', name: 'search', arguments: { a: 'x' } };
const count = { id: 'call_2', name: 'count', arguments: {} };

describe('tool calls of Chat Completions', () => {
  test('are put together from their pieces, by index', async () => {
    const answer = await ask(
      openai,
      'tool_calls',
      openai.text('I look.'),
      delta({ index: 0, id: 'call_1', function: { name: 'search', arguments: '' } }),
      delta({ index: 1, id: 'call_2', function: { name: 'count', arguments: '' } }),
      delta({ index: 0, function: { arguments: '{"a"' } }),
      delta({ index: 1, function: { arguments: '{}' } }, { index: 0, function: { arguments: ':"x"}' } }),
    );
    expect(answer).toMatchObject({ text: 'I look.', finishReason: 'toolCalls', toolCalls: [search, count] });
  });

  test('count as content: a model that writes arguments is not silent', async () => {
    const answer = await ask(openai, 'tool_calls', delta({ index: 0, id: 'call_1', function: { name: 'search' } }));
    expect(answer.firstTokenMs).toEqual(expect.any(Number));
    expect(answer).toMatchObject({ text: '', toolCalls: [{ ...search, arguments: {} }] });
  });

  test('have no lone surrogates in their arguments', async () => {
    const given = '{"a":"\\ud800!"}';
    const answer = await ask(
      openai,
      'tool_calls',
      delta({ index: 0, id: 'c', function: { name: 's', arguments: given } }),
    );
    expect(answer.toolCalls).toEqual([{ id: 'c', name: 's', arguments: { a: '\ufffd!' } }]);
  });

  const whole = (index: number | undefined, { id, name, arguments: given }: typeof search | typeof count) => ({
    ...(index === undefined ? {} : { index }),
    id,
    function: { name, arguments: JSON.stringify(given) },
  });
  test.each([
    ['all with index 0', [delta(whole(0, search)), delta(whole(0, count))]],
    ['without an index', [delta(whole(undefined, search), whole(undefined, count))]],
    [
      'with the id in every piece',
      [delta(whole(0, search)), delta({ index: 0, id: 'call_1', function: {} }), delta(whole(1, count))],
    ],
    ['ending with stop', [delta(whole(0, search), whole(1, count))]],
    ['with arguments as an object', [delta({ ...whole(0, search), function: search }), delta(whole(1, count))]],
  ])('are read from a server that sends them %s', async (_how, pieces) => {
    const answer = await ask(compatible, 'stop', ...pieces);
    expect(answer).toMatchObject({ finishReason: 'toolCalls', toolCalls: [search, count] });
  });

  test('get ids, each its own, from a server that gives none', async () => {
    const [first, second] = [{ function: { name: 'search', arguments: '{"a":"x"}' } }, { function: { name: 'count' } }];
    const { toolCalls } = await ask(
      compatible,
      'tool_calls',
      delta({ index: 0, ...first }),
      delta({ index: 1, ...second }),
    );
    expect(toolCalls).toEqual([
      { ...search, id: 'call_0' },
      { ...count, id: 'call_1' },
    ]);
    expect((await ask(compatible, 'tool_calls', delta(first), delta(second))).toolCalls).toHaveLength(2);
  });

  test.each(['{"a":', '[1]', '"x"', 'null', 'x'])('with the arguments %j are Llm.OutputInvalid', async (given) => {
    const call = ask(
      openai,
      'tool_calls',
      delta({ index: 0, id: 'c', function: { name: 'search', arguments: given } }),
    );
    expect(await failureOf(call)).toMatchObject({
      type: 'Llm.OutputInvalid',
      message: 'openai-eastus called search with arguments that are not a JSON object',
      details: { usage: { outputTokens: 30 } },
    });
  });

  test('without a name are Llm.OutputInvalid', async () => {
    const call = ask(openai, 'tool_calls', delta({ index: 0, id: 'c', function: { arguments: '{}' } }));
    expect(await failureOf(call)).toMatchObject({ type: 'Llm.OutputInvalid' });
  });

  test.each(['{"a":', '{"a":"x"}', ''])('that the token limit cut after %j are Llm.OutputCut', async (given) => {
    const piece = delta({ index: 0, id: 'c', function: { name: 'search', arguments: given } });
    expect(await failureOf(ask(openai, 'length', openai.text('I look.'), piece))).toMatchObject({
      type: 'Llm.OutputCut',
      message: 'openai-eastus reached its token limit within the arguments for search',
    });
  });

  test('that are announced and never made are an answer without content', async () => {
    expect(await failureOf(ask(openai, 'tool_calls'))).toMatchObject({ type: 'Llm.EmptyResponse' });
  });

  test('whose arguments never end are Llm.OutputInvalid', async () => {
    const endless = Array.from({ length: 17 }, () => delta({ index: 0, function: { arguments: 'x'.repeat(2 ** 20) } }));
    expect(await failureOf(ask(openai, 'tool_calls', ...endless))).toMatchObject({
      type: 'Llm.OutputInvalid',
      details: { code: 'answer_too_large' },
    });
  });
});
