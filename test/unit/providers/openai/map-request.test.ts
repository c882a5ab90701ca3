import type { ModelRequest } from '../../../../src/contracts/model';
import { mapRequest } from '../../../../src/providers/openai/map-request';
import { endpointOf, openai } from '../dialects';

const endpoint = endpointOf(openai, 'http://unused');
const request: ModelRequest = {
  model: 'gpt-4.1',
  system: 'Be brief.',
  messages: [
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'Two.' },
    { role: 'user', content: 'Three?' },
  ],
  parameters: { maxOutputTokens: 500, temperature: 0.2, seed: 7 },
};
const strictSchema = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};

describe('mapRequest of openai', () => {
  test('says everything in the words of Chat Completions', () => {
    expect(mapRequest(request, endpoint)).toEqual({
      model: 'gpt-4.1',
      messages: [{ role: 'system', content: 'Be brief.' }, ...request.messages],
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 500,
      temperature: 0.2,
      seed: 7,
    });
  });

  test('leaves out what is not asked for', () => {
    const { system: _system, ...rest } = request;
    const mapped = mapRequest({ ...rest, parameters: { maxOutputTokens: 500 } }, endpoint);
    expect(Object.keys(mapped)).toEqual(['model', 'messages', 'stream', 'stream_options', 'max_completion_tokens']);
    expect(mapped.messages).toEqual(request.messages);
  });

  test('asks for no more tokens than the endpoint can give', () => {
    const mapped = mapRequest({ ...request, parameters: { maxOutputTokens: 100_000 } }, endpoint);
    expect(mapped.max_completion_tokens).toBe(endpoint.maxOutputTokens);
  });

  test.each([
    ['gpt-4.1-mini', 0.2],
    ['gpt-5-chat-latest', 0.2],
    ['my-deployment', 0.2],
    ['o3', undefined],
    ['o4-mini-2025-04-16', undefined],
    ['gpt-5', undefined],
    ['gpt-5.6-luna', undefined],
  ])('sends to %s the temperature %j', (model, temperature) => {
    expect(mapRequest({ ...request, model }, endpoint).temperature).toBe(temperature);
  });

  test('asks for a schema strictly when it can be said strictly', () => {
    const output = { name: 'Thing', schema: { ...strictSchema, $schema: 'x' } };
    expect(mapRequest({ ...request, output }, endpoint).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'Thing', schema: strictSchema, strict: true },
    });
  });

  test('sends any other schema as it is, not strictly', () => {
    const schema = { type: 'object', additionalProperties: { type: 'number' } };
    expect(mapRequest({ ...request, output: { name: 'Counts', schema } }, endpoint).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'Counts', schema, strict: false },
    });
  });
});
