import type { EndpointSettings } from '../../../src/contracts/settings';
import { createProvider } from '../../../src/providers/create-provider';
import {
  anthropic,
  answerOf,
  apiKey,
  azure,
  callOf,
  compatible,
  dialects,
  endpointOf,
  gemini,
  openai,
} from './dialects';
import { providerOf, responses } from './dialects';
import type { Dialect } from './dialects';
import { streaming, WireServer } from './wire-server';

describe.each(dialects)('createProvider for $name', (dialect) => {
  const endpoint = endpointOf(dialect, 'http://127.0.0.1:1');

  test.each([
    ['', 'environment variable EASTUS_KEY is empty; put the key into it'],
    [
      `${apiKey}\n`,
      'the key in EASTUS_KEY holds a character that cannot stand in a header, perhaps a line end; set it again',
    ],
    [
      'schlüssel',
      'the key in EASTUS_KEY holds a character that cannot stand in a header, perhaps a line end; set it again',
    ],
  ])('refuses the key %j without showing it', (key, problem) => {
    expect(() => createProvider({ endpoint, apiKey: key })).toThrow(
      expect.objectContaining({
        type: 'Config.Invalid',
        message: `endpoints.${endpoint.name}.apiKeyEnv: ${problem}`,
      }) as Error,
    );
  });

  test.each(['not a url', 'ftp://files', 'file:///etc/passwd', ''])('refuses the base URL %j', (baseUrl) => {
    expect(() => createProvider({ endpoint: { ...endpoint, baseUrl }, apiKey })).toThrow(
      expect.objectContaining({
        type: 'Config.Invalid',
        message: `endpoints.${endpoint.name}.baseUrl: expected an http(s) address, received ${JSON.stringify(baseUrl)}`,
      }) as Error,
    );
  });

  test('takes nothing from the environment that is meant for another account', async () => {
    const server = await WireServer.start();
    const foreign = {
      OPENAI_BASE_URL: 'http://127.0.0.1:1',
      OPENAI_ORG_ID: 'org-foreign',
      OPENAI_PROJECT_ID: 'proj-foreign',
      OPENAI_ADMIN_KEY: 'foreign',
      OPENAI_CUSTOM_HEADERS: 'Authorization: Bearer foreign\nx-foreign: foreign\napi-key: foreign',
      OPENAI_API_VERSION: 'foreign',
      AZURE_OPENAI_ENDPOINT: 'http://127.0.0.1:1',
      AZURE_OPENAI_API_KEY: 'foreign',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
      ANTHROPIC_AUTH_TOKEN: 'foreign',
    };
    const restore = { ...process.env };
    Object.assign(process.env, foreign);
    try {
      server.answerWith(streaming(answerOf(dialect, 'Hi')));
      await providerOf(dialect, server.url).call(callOf());
      expect(server.requests[0]?.headers[dialect.key.header]).toBe(dialect.key.value);
      const { url, headers } = server.requests[0] ?? {};
      expect(JSON.stringify([url, headers])).not.toContain('foreign');
    } finally {
      process.env = restore;
      await server.stop();
    }
  });
});

describe('createProvider without a base URL', () => {
  const withoutBaseUrl = (dialect: Dialect): EndpointSettings => {
    const { baseUrl: _baseUrl, ...endpoint } = endpointOf(dialect, '');
    return endpoint;
  };

  test.each([openai, responses, anthropic, gemini])('takes the public address of $name', (dialect) => {
    expect(() => createProvider({ endpoint: withoutBaseUrl(dialect), apiKey })).not.toThrow();
  });

  test.each([
    [azure, 'is missing; set it to the address of the resource, such as https://<resource>.openai.azure.com'],
    [compatible, 'is missing; set it, such as http://localhost:8000/v1'],
  ])('refuses $name, which has none', (dialect, problem) => {
    const endpoint = withoutBaseUrl(dialect);
    expect(() => createProvider({ endpoint, apiKey })).toThrow(
      expect.objectContaining({
        type: 'Config.Invalid',
        message: `endpoints.${endpoint.name}.baseUrl: ${problem}`,
      }) as Error,
    );
  });

  test('refuses the interface that compatible servers do not share', () => {
    const endpoint = { ...endpointOf(compatible, 'http://127.0.0.1:1'), api: 'responses' as const };
    expect(() => createProvider({ endpoint, apiKey })).toThrow(
      expect.objectContaining({
        type: 'Config.Invalid',
        message: 'endpoints.compatible-eastus.api: only chat can be used with openai-compatible; leave it out',
      }) as Error,
    );
  });
});
