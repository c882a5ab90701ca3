import { checkReferences } from '../../../src/config/check-references';
import type { KnownReferences } from '../../../src/config/check-references';
import { changed, loadText } from './load-text';

const settings = loadText(changed('prompt: greet@1', 'prompt: team/greet@2\n    output: Greeting'));
const known: KnownReferences = {
  variantsOf: () => ['default', 'claude'],
  schemaOfPrompt: () => undefined,
  schemaExists: () => true,
};

describe('checkReferences', () => {
  test('has nothing to say when every prompt, variant and schema exists', () => {
    const variantsOf = jest.fn(known.variantsOf);
    const schemaExists = jest.fn(known.schemaExists);
    expect(checkReferences(settings, { ...known, variantsOf, schemaExists })).toEqual([]);
    expect(variantsOf).toHaveBeenCalledWith('team/greet@2');
    expect(schemaExists).toHaveBeenCalledWith('Greeting');
  });

  test('lists everything that is missing in one error', () => {
    const check = () => checkReferences(settings, { ...known, variantsOf: () => undefined, schemaExists: () => false });
    expect(check).toThrow(expect.objectContaining({ type: 'Config.Invalid' }));
    expect(check).toThrow(
      [
        `${settings.file}: steps.greet.prompt: there is no prompt "team/greet@2"; expected the folder prompts/team/greet/2/`,
        `${settings.file}: steps.greet.output: there is no output schema "Greeting"; register it under src/schemas`,
      ].join('\n'),
    );
  });

  test('a step without an output schema needs none', () => {
    const text = loadText(changed('greet@1', 'greet@1'));
    expect(checkReferences(text, { ...known, schemaExists: () => false })).toEqual([]);
  });

  test('refuses a step that reads the answer of its prompt by another schema', () => {
    const check = () => checkReferences(settings, { ...known, schemaOfPrompt: () => 'Farewell' });
    expect(check).toThrow(
      'steps.greet.output: expected Farewell, for which prompt "team/greet@2" was written, received Greeting',
    );
    const plain = () =>
      checkReferences(loadText(changed('greet@1', 'greet@1')), { ...known, schemaOfPrompt: () => 'Farewell' });
    expect(plain).toThrow('received none');
  });
});

describe('a tier without a prompt for its model family', () => {
  const own = (yaml: string, variants: readonly string[]) =>
    checkReferences(loadText(yaml), { ...known, variantsOf: () => variants }).map((text) =>
      text.replace(/^.*?yaml: /, ''),
    );
  const unnamed = (yaml: string) => changed('{ pool: large, variant: claude }', '{ pool: large }', yaml);
  const claude = (yaml: string) => changed('apiKeyEnv: WEST_KEY', 'apiKeyEnv: WEST_KEY\n    family: claude', yaml);

  test('warns when the tier names a variant there is not', () => {
    const [warning, ...more] = own(changed('greet@1', 'greet@1'), ['default', 'small']);
    expect(warning).toBe(
      'steps.greet.tiers[1]: the prompt has no variant "claude" and the default one is sent; there are default, small',
    );
    expect(more).toEqual([]);
  });

  test('warns when the family of the models has none', () => {
    const yaml = claude(unnamed(changed('greet@1', 'greet@1')));
    expect(own(yaml, ['default'])).toEqual([
      'steps.greet.tiers[1]: models of family "claude" in pool large get the prompt variant "default": there is none of its own',
    ]);
    expect(own(yaml, ['default', 'claude'])).toEqual([]);
  });

  test('warns when two families share a pool, for the one that comes second', () => {
    const yaml = claude(unnamed(changed('{ endpoints: [west] }', '{ endpoints: [west, east] }')));
    expect(own(yaml, ['default', 'claude'])).toEqual([
      'steps.greet.tiers[1]: models of family "default" in pool large get the prompt variant "claude": another family comes first in the pool',
    ]);
  });

  test('a tier that names its variant means it for all models of its pool', () => {
    const yaml = claude(changed('variant: claude', 'variant: small'));
    expect(own(yaml, ['default', 'small', 'claude'])).toEqual([]);
  });

  test('a cached tier sends no prompt', () => {
    expect(own(changed('tiers: [', 'tiers: [{ cached: 1h }, '), ['default', 'claude'])).toEqual([]);
  });
});
