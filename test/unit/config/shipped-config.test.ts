import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from '../../../src/config/load-settings';
import { isModelTier } from '../../../src/contracts/settings';
import { loadText } from './load-text';

const file = join(__dirname, '../../../config/holdfast.yaml');
const simulated = {
  SIM_OPENAI_EASTUS_URL: 'http://127.0.0.1:4010/openai-eastus/v1',
  SIM_OPENAI_EASTUS_KEY: 'sim-eastus',
  SIM_OPENAI_WESTUS_URL: 'http://127.0.0.1:4010/openai-westus/v1',
  SIM_OPENAI_WESTUS_KEY: 'sim-westus',
  SIM_ANTHROPIC_MAIN_URL: 'http://127.0.0.1:4010/anthropic-main',
  SIM_ANTHROPIC_MAIN_KEY: 'sim-anthropic',
  SIM_OPENAI_MINI_URL: 'http://127.0.0.1:4010/openai-mini/v1',
  SIM_OPENAI_MINI_KEY: 'sim-mini',
  SIM_OPENAI_EMBED_URL: 'http://127.0.0.1:4010/openai-embed/v1',
  SIM_OPENAI_EMBED_KEY: 'sim-embed',
  SIM_AZURE_EASTUS_URL: 'http://127.0.0.1:4010/azure-eastus',
  SIM_AZURE_EASTUS_KEY: 'sim-azure-eastus',
  SIM_AZURE_EASTUS2_URL: 'http://127.0.0.1:4010/azure-eastus2',
  SIM_AZURE_EASTUS2_KEY: 'sim-azure-eastus2',
  SIM_AZURE_WESTUS_URL: 'http://127.0.0.1:4010/azure-westus',
  SIM_AZURE_WESTUS_KEY: 'sim-azure-westus',
};

describe('config/holdfast.yaml', () => {
  test('runs on the simulated providers alone, the real ones left out with a warning', () => {
    const settings = loadSettings({ file, environment: simulated });
    expect(Object.keys(settings.endpoints)).toEqual([
      'openai-eastus',
      'openai-westus',
      'anthropic-main',
      'openai-mini',
      'openai-embed',
      'azure-eastus',
      'azure-eastus2',
      'azure-westus',
    ]);
    expect(settings.pools['smart']?.endpoints).toEqual(['openai-eastus', 'openai-westus']);
    expect(settings.warnings).toEqual([
      `${file}: endpoints.openai-live: left out: OPENAI_API_KEY not set`,
      `${file}: endpoints.openai-embed-live: left out: OPENAI_API_KEY not set`,
      `${file}: endpoints.anthropic-live: left out: ANTHROPIC_API_KEY not set`,
    ]);
  });

  test.each(['research.outline', 'research.section', 'research.synthesize'])('gives %s the whole ladder', (step) => {
    const settings = loadSettings({ file, environment: simulated });
    expect(settings.steps[step]?.tiers).toEqual([
      { pool: 'smart' },
      { pool: 'claude', variant: 'claude' },
      { pool: 'mini', variant: 'small' },
    ]);
    expect(settings.steps[step]?.lane).toBe('interactive');
  });

  test('gives supportReply a safe text for what is refused, after three models and the cache', () => {
    const { tiers, onFailure } = loadSettings({ file, environment: simulated }).steps['support.reply'] ?? {};
    expect(tiers?.map((tier) => Object.keys(tier)[0])).toEqual(['pool', 'pool', 'pool', 'cachedMs', 'template']);
    expect(onFailure).toEqual({ 'Llm.ContentFiltered': 'template' });
  });

  test('one real key is enough: the step keeps the tiers that key can serve', () => {
    const settings = loadSettings({ file, environment: { ANTHROPIC_API_KEY: 'key' } });
    expect(settings.steps['research.outline']?.tiers).toEqual([{ pool: 'claude', variant: 'claude' }]);
    expect(Object.keys(settings.pools)).toEqual(['claude']);
  });

  test.each(['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'])('%s alone gives every step a model', (key) => {
    const { steps } = loadSettings({ file, environment: { [key]: 'key' } });
    const without = Object.entries(steps).filter(([, { tiers }]) => !tiers.some(isModelTier));
    expect(without.map(([name]) => name)).toEqual([]);
  });

  test('without any variable it says for every step which ones would help', () => {
    const load = () => loadSettings({ file, environment: {} });
    expect(load).toThrow(expect.objectContaining({ type: 'Config.Invalid' }));
    expect(load).toThrow(
      /steps\.research\.outline\.tiers: no tier can be used; set SIM_OPENAI_EASTUS_URL and SIM_OPENAI_EASTUS_KEY \(openai-eastus\), or .*OPENAI_API_KEY \(openai-live\)/,
    );
  });

  test('what it shows in comments can be taken over', () => {
    const written = readFileSync(file, 'utf8');
    const examples = /(?<=to be adapted.*\n)(?: {2}#.*\n)+/.exec(written)?.[0] ?? '';
    const text = written
      .replace(examples, examples.replaceAll(/^ {2}# /gm, '  '))
      .replace('# - { cached: 24h }', '- { cached: 24h }')
      .replace('tenants: {}', `tenants: { acme: { ${/budget: \{ per: month.*?\}/.exec(written)?.[0] ?? ''} } }`);
    const settings = loadText(text, {
      ...simulated,
      AZURE_SWEDEN_URL: 'https://acme.openai.azure.com',
      AZURE_SWEDEN_KEY: 'key',
      GEMINI_API_KEY: 'key',
    });
    expect(settings.endpoints['azure-sweden']).toMatchObject({ provider: 'azure-openai', limitProfile: 'azure' });
    expect(settings.endpoints['gemini-live']).toMatchObject({ provider: 'gemini', limitProfile: 'gemini' });
    expect(settings.endpoints['vllm-cluster']).toMatchObject({ limitProfile: 'selfHosted' });
    expect(settings.steps['research.outline']?.tiers[0]).toEqual({ cachedMs: 86_400_000 });
    expect(settings.capacity.tenants['acme']?.budget).toEqual({ per: 'month', usd: 500, tokens: 200_000_000 });
  });

  test('what it prints as defaults are the defaults', () => {
    const text = readFileSync(file, 'utf8');
    const marker = '# Everything below shows the defaults';
    expect(text).toContain(marker);
    const whole = loadText(text, simulated);
    const withoutDefaults = loadText(text.slice(0, text.indexOf(marker)), simulated);
    expect({ ...withoutDefaults, file, warnings: [] }).toEqual({ ...whole, file, warnings: [] });
  });
});
