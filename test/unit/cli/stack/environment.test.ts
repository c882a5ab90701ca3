import { chooseProvider, simulatorEnvironment, withoutOtherProviders } from '../../../../src/cli/stack/provider-choice';
import { readSimulatorEndpoints } from '../../../../src/cli/stack/simulator-endpoints';
import { temporalEnvironment } from '../../../../src/cli/stack/temporal-environment';

describe('chooseProvider', () => {
  test.each([
    [{}, { kind: 'simulator' }],
    [{ OPENAI_API_KEY: ' ' }, { kind: 'simulator' }],
    [{ OPENAI_API_KEY: 'key' }, { kind: 'real', providers: ['OpenAI'] }],
    [
      { OPENAI_API_KEY: 'key', ANTHROPIC_API_KEY: 'key' },
      { kind: 'real', providers: ['OpenAI', 'Anthropic'] },
    ],
  ])('%j selects %j', (environment, choice) => {
    expect(chooseProvider(environment)).toEqual(choice);
  });
});

describe('withoutOtherProviders', () => {
  const environment = { OPENAI_API_KEY: 'key', SIM_OPENAI_MINI_URL: 'http://x', PATH: '/bin' };

  test('keeps real keys away from a simulated run', () => {
    const kept = withoutOtherProviders(environment, { kind: 'simulator' });
    expect(kept).toEqual({ SIM_OPENAI_MINI_URL: 'http://x', PATH: '/bin' });
  });

  test('keeps simulated endpoints away from a real run', () => {
    const kept = withoutOtherProviders(environment, { kind: 'real', providers: ['OpenAI'] });
    expect(kept).toEqual({ OPENAI_API_KEY: 'key', PATH: '/bin' });
  });
});

describe('simulatorEnvironment', () => {
  test('names every endpoint of the shipped configuration as config/holdfast.yaml does', () => {
    const variables = simulatorEnvironment('http://127.0.0.1:1', readSimulatorEndpoints());
    expect(variables).toMatchObject({
      SIM_OPENAI_EASTUS_URL: 'http://127.0.0.1:1/openai-eastus/v1',
      SIM_OPENAI_WESTUS_URL: 'http://127.0.0.1:1/openai-westus/v1',
      SIM_OPENAI_MINI_URL: 'http://127.0.0.1:1/openai-mini/v1',
      SIM_ANTHROPIC_MAIN_URL: 'http://127.0.0.1:1/anthropic-main',
      SIM_OPENAI_EMBED_URL: 'http://127.0.0.1:1/openai-embed/v1',
      SIM_AZURE_EASTUS_URL: 'http://127.0.0.1:1/azure-eastus',
      SIM_ANTHROPIC_MAIN_KEY: expect.stringMatching(/./),
    });
    expect(Object.keys(variables)).toHaveLength(16);
  });
});

describe('readSimulatorEndpoints', () => {
  test('names the file it cannot use', () => {
    expect(() => readSimulatorEndpoints('/nowhere/simulator.json')).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining('/nowhere/simulator.json') }),
    );
  });
});

describe('temporalEnvironment', () => {
  test('leaves out what is meant for another server', () => {
    const base = { TEMPORAL_API_KEY: 'secret', TEMPORAL_PROFILE: 'cloud', PATH: '/bin' };
    expect(temporalEnvironment(base, { address: '127.0.0.1:7233', namespace: 'default' })).toEqual({
      PATH: '/bin',
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_CONFIG_FILE: expect.stringMatching(/no-temporal\.toml$/),
    });
  });
});
