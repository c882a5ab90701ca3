import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson } from '../../../src/cli/read-json';

const read = (value: string) => readJson({ option: '--input', value, type: 'Pipeline.InvalidInput' });

describe('readJson', () => {
  let directory: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'holdfast-read-json-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test.each([
    ['{"topic": "Scales"}', { topic: 'Scales' }],
    [' [1, 2]', [1, 2]],
    ['"text"', 'text'],
  ])('reads what is written out: %s', async (value, expected) => {
    await expect(read(value)).resolves.toEqual(expected);
  });

  test.each(['', '@'])('reads a file, its name given with "%s" in front', async (prefix) => {
    const path = file('input.json', '{"sections": 3}\n');
    await expect(read(`${prefix}${path}`)).resolves.toEqual({ sections: 3 });
  });

  test('names the file that is not there, and what else there is', async () => {
    await expect(read('@missing.json')).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: '--input: there is no file "missing.json"; expected JSON, a file, or - for standard input',
    });
  });

  test('takes text that is no JSON for the name of a file', async () => {
    await expect(read('topic=Scales')).rejects.toThrow('there is no file "topic=Scales"');
  });

  test('says where JSON is broken, in one line', async () => {
    await expect(read('{\n"topic": }')).rejects.toThrow(
      /^--input: the text given is not JSON \(.+\); expected JSON.+$/,
    );
    await expect(read(`@${file('broken.json', '{"topic"')}`)).rejects.toThrow(/broken\.json is not JSON/);
  });

  test.each(['', '   '])('refuses nothing at all: "%s"', async (value) => {
    await expect(read(value)).rejects.toThrow('--input: the text given is empty');
  });

  test('refuses a folder', async () => {
    await expect(read(`@${directory}`)).rejects.toThrow(/cannot be read \(EISDIR\)/);
  });
});
