import type { ModelRequest } from '../../../../src/contracts/model';
import type { JsonSchema } from '../../../../src/contracts/settings';
import { mapRequest } from '../../../../src/providers/anthropic/map-request';
import { anthropic, endpointOf } from '../dialects';

const endpoint = endpointOf(anthropic, 'http://unused');
const request: ModelRequest = {
  model: 'claude-sonnet-5',
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'One?' }],
  parameters: { maxOutputTokens: 500, temperature: 0.2, seed: 7 },
};
const withSchema = (schema: JsonSchema) => mapRequest({ ...request, output: { name: 'Thing', schema } }, endpoint);

describe('mapRequest of anthropic', () => {
  test('says everything in the words of Messages, without the parameters its API refuses', () => {
    expect(mapRequest(request, endpoint)).toEqual({
      model: 'claude-sonnet-5',
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'One?' }],
      stream: true,
      max_tokens: 500,
    });
  });

  test('asks for no more tokens than the endpoint can give', () => {
    const mapped = mapRequest({ ...request, parameters: { maxOutputTokens: 100_000 } }, endpoint);
    expect(mapped.max_tokens).toBe(endpoint.maxOutputTokens);
  });

  test('asks for a schema by the output format, constraints in words', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { score: { type: 'number', minimum: 0 }, note: { type: 'string' } },
      required: ['score'],
      additionalProperties: false,
    };
    const mapped = withSchema(schema);
    expect(mapped.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { score: { type: 'number', description: '{minimum: 0}' }, note: { type: 'string' } },
          required: ['score'],
          additionalProperties: false,
        },
      },
    });
    expect(mapped.system).toBe('Be brief.');
  });

  test.each<[string, JsonSchema]>([
    ['a record', { type: 'object', additionalProperties: { type: 'number' } }],
    ['a free object', { type: 'object' }],
    [
      'a record deep inside',
      { type: 'object', properties: { a: { items: { type: 'object', additionalProperties: {} } } } },
    ],
    ['a node without a type', { type: 'object', properties: { any: {} }, additionalProperties: false }],
  ])('asks for %s in the system prompt, for the output format cannot say it', (_what, schema) => {
    const mapped = withSchema(schema);
    expect(mapped.output_config).toBeUndefined();
    expect(mapped.system).toBe(
      `Be brief.\n\nAnswer with one JSON document of this JSON Schema and nothing else:\n${JSON.stringify(schema)}`,
    );
  });
});
