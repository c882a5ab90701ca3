import { checkReferences } from '../../../src/config/check-references';
import { changed, loadText } from './load-text';

const settings = loadText(changed('prompt: greet@1', 'prompt: team/greet@2\n    output: Greeting'));

describe('checkReferences', () => {
  test('passes when every prompt and schema exists', () => {
    const promptExists = jest.fn((..._args: string[]) => true);
    const schemaExists = jest.fn((..._args: string[]) => true);
    checkReferences(settings, { promptExists, schemaExists });
    expect(promptExists.mock.calls).toEqual([
      ['team/greet@2', 'default'],
      ['team/greet@2', 'claude'],
    ]);
    expect(schemaExists).toHaveBeenCalledWith('Greeting');
  });

  test('lists everything that is missing in one error', () => {
    const check = () => checkReferences(settings, { promptExists: () => false, schemaExists: () => false });
    expect(check).toThrow(expect.objectContaining({ type: 'Config.Invalid' }));
    expect(check).toThrow(
      [
        `${settings.file}: steps.greet.prompt: there is no prompt "team/greet@2"; expected the folder prompts/team/greet/2/`,
        `${settings.file}: steps.greet.output: there is no output schema "Greeting"; register it under src/schemas`,
      ].join('\n'),
    );
  });

  test('a cached tier needs no prompt', () => {
    const text = changed('tiers: [', 'tiers: [{ cached: 1h }, ');
    const promptExists = jest.fn((..._args: string[]) => true);
    checkReferences(loadText(text), { promptExists, schemaExists: () => true });
    expect(promptExists.mock.calls).toEqual([
      ['greet@1', 'default'],
      ['greet@1', 'claude'],
    ]);
  });

  test('a step without an output schema needs none', () => {
    const text = loadText(changed('greet@1', 'greet@1'));
    expect(() => checkReferences(text, { promptExists: () => true, schemaExists: () => false })).not.toThrow();
  });
});
