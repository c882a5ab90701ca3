import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadApp } from '../../../src/config/load-app';

describe('loadApp', () => {
  let directory: string;
  let made = 0;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'holdfast-app-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function folderWith(files: Readonly<Record<string, string>>): string {
    const folder = join(directory, `tickets-${made++}`);
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  }
  const load = (folder: string) => loadApp({ HOLDFAST_APP: folder });
  const workflows = { 'workflows.ts': '' };
  const app = (text: string) => ({ ...workflows, 'app.cjs': `exports.default = ${text};` });

  test('without HOLDFAST_APP there is none', () => {
    expect(loadApp({})).toBeUndefined();
    expect(loadApp({ HOLDFAST_APP: '' })).toBeUndefined();
  });

  test.each([
    [
      'an app without workflows',
      { 'app.cjs': 'exports.default = { pipelines: [] };' },
      /: expected a file workflows\.mts/,
    ],
    ['a folder without an app', workflows, /: expected a file app\.mts \(or \.ts, /],
    [
      'a file that throws',
      { ...workflows, 'app.cjs': 'throw new Error("no such module");' },
      /app\.cjs: cannot be loaded: no such module/,
    ],
    ['no default export', { ...workflows, 'app.cjs': '' }, /app\.cjs: expected `export default defineApp/],
    ['an app without pipelines', app('{ schemas: {} }'), /app\.cjs: expected `export default defineApp/],
    ['a pipeline without a name', app('{ pipelines: [{ description: "a" }] }'), /pipelines\[0\]: expected a name/],
    ['a pipeline that is none', app('{ pipelines: [null] }'), /pipelines\[0\]: expected a name/],
    [
      'a schema that is none',
      app('{ pipelines: [], schemas: { Triage: {} } }'),
      /schemas\.Triage: expected a zod schema/,
    ],
    ['an empty task queue', app('{ pipelines: [], taskQueue: "" }'), /taskQueue: expected its name/],
  ])('%s is told with its file', (_, files, says) => {
    const folder = folderWith(files);
    expect(() => load(folder)).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringMatching(says) as string }),
    );
  });

  test('a folder that is not there is told with its path', () => {
    const folder = join(directory, 'ticketz');
    expect(() => load(folder)).toThrow(`${folder}: there is no such folder`);
  });

  test('is called after its folder, and uses the configuration and prompts that lie in it', () => {
    const folder = folderWith({ ...app('{ pipelines: [] }'), 'holdfast.yaml': '' });
    expect(load(folder)).toMatchObject({
      taskQueue: folder.split('/').at(-1),
      configFile: join(folder, 'holdfast.yaml'),
    });
    expect(load(folder)).not.toHaveProperty('promptsDirectory');
    mkdirSync(join(folder, 'prompts'));
    const other = folderWith(app('{ pipelines: [], taskQueue: "mine" }'));
    mkdirSync(join(other, 'prompts'));
    expect(load(other)).toMatchObject({ taskQueue: 'mine', promptsDirectory: join(other, 'prompts') });
  });

  test('checks an input by its schema, by its own check, or not at all', () => {
    const schema = `{ safeParse: (value) => value?.text ? { success: true, data: { text: value.text } } : { success: false, error: { issues: [{ path: ['text'], message: 'expected a text' }] } } }`;
    const pipelines = `[
      { name: 'a', description: '', input: ${schema} },
      { name: 'b', description: '', parseInput: () => 'own' },
      { name: 'c', description: '' },
    ]`;
    const [bySchema, byItself, unchecked] = load(folderWith(app(`{ pipelines: ${pipelines} }`)))?.pipelines ?? [];
    expect(bySchema?.parseInput({ text: 'hello', more: 1 })).toEqual({ text: 'hello' });
    expect(() => bySchema?.parseInput({})).toThrow(
      expect.objectContaining({ type: 'Pipeline.InvalidInput', message: 'input of a: text: expected a text' }),
    );
    expect(byItself?.parseInput(1)).toBe('own');
    expect(unchecked?.parseInput(1)).toBe(1);
  });
});
