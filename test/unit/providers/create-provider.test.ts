import { createProvider } from '../../../src/providers/create-provider';
import { anthropic, answerOf, apiKey, callOf, endpointOf, openai, providerOf } from './dialects';
import { streaming, WireServer } from './wire-server';

describe.each([openai, anthropic])('createProvider for $provider', (dialect) => {
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

  test('takes the public address when there is no base URL', () => {
    const { baseUrl: _baseUrl, ...rest } = endpoint;
    expect(() => createProvider({ endpoint: rest, apiKey })).not.toThrow();
  });

  test('takes nothing from the environment that is meant for another account', async () => {
    const server = await WireServer.start();
    const foreign = {
      OPENAI_BASE_URL: 'http://127.0.0.1:1',
      OPENAI_ORG_ID: 'org-foreign',
      OPENAI_PROJECT_ID: 'proj-foreign',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
      ANTHROPIC_AUTH_TOKEN: 'foreign',
    };
    const restore = { ...process.env };
    Object.assign(process.env, foreign);
    try {
      server.answerWith(streaming(answerOf(dialect, 'Hi')));
      await providerOf(dialect, server.url).call(callOf());
      expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${apiKey}`);
      expect(JSON.stringify(server.requests[0]?.headers)).not.toContain('foreign');
    } finally {
      process.env = restore;
      await server.stop();
    }
  });
});
