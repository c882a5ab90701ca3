import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryDir } from '../stack/programs';
import { cacheDir, hashOf, readJson, writeJson } from './modules';

const { dir, remove } = makeTemporaryDir();

afterAll(remove);

describe('cacheDir', () => {
  test.each<[string, NodeJS.ProcessEnv, string]>([
    ['HOLDFAST_CACHE_DIR', { HOLDFAST_CACHE_DIR: '/a/b', XDG_CACHE_HOME: '/x' }, '/a/b'],
    ['XDG_CACHE_HOME', { XDG_CACHE_HOME: '/x' }, '/x/holdfast'],
    ['the home folder', {}, join(homedir(), '.cache/holdfast')],
  ])('comes from %s', (_, env, expected) => {
    expect(cacheDir(env)).toBe(expected);
  });
});

describe('hashOf', () => {
  test('tells apart what only differs in where one part ends', () => {
    expect(hashOf(['ab', 'c'])).not.toBe(hashOf(['a', 'bc']));
    expect(hashOf(['ab', 'c'])).toBe(hashOf([Buffer.from('ab'), 'c']));
  });
});

describe('readJson and writeJson', () => {
  test('give back what was written, in a folder that is made, and leave no other file', () => {
    const file = join(dir, 'deep/er/value.json');
    writeJson(file, { a: 1 });
    expect(readJson(file)).toEqual({ a: 1 });
    expect(readdirSync(join(dir, 'deep/er'))).toEqual(['value.json']);
  });

  test('leave a file alone that says so already', () => {
    const file = join(dir, 'same.json');
    writeJson(file, { a: 1 });
    const { mtimeMs, ino } = statSync(file);
    writeJson(file, { a: 1 });
    expect(statSync(file)).toMatchObject({ mtimeMs, ino });
  });

  test('take a file that is missing or was cut short for no file', () => {
    const file = join(dir, 'cut.json');
    expect(readJson(file)).toBeUndefined();
    writeFileSync(file, '{"a":');
    expect(readJson(file)).toBeUndefined();
  });
});
