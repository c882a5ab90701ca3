import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadScripts, operations } from '../../../src/capacity/script-source';

const folder = join(__dirname, '../../../src/capacity/scripts');
const operationFiles = readdirSync(folder).filter((name) => name.endsWith('.lua'));
const sharedFiles = readdirSync(join(folder, 'shared')).map((name) => `shared/${name}`);
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

describe('the Lua scripts', () => {
  test('are one file per operation', () => {
    expect(operationFiles.sort()).toEqual(operations.map((operation) => `${operation}.lua`).sort());
  });

  test.each(operationFiles)('%s says what goes in, what comes out and what always holds', (file) => {
    expect(read(file)).toMatch(/^-- Input$[^]*^-- Output$[^]*^-- Invariant$/m);
  });

  test.each(sharedFiles)('%s opens with what it is for', (file) => {
    expect(read(file)).toMatch(/^-- [A-Z]/);
  });

  test.each([...operationFiles, ...sharedFiles])('%s touches only keys of its own slot', (file) => {
    // A key is one of those given, or begins with the root of the state's key, and so carries its hash tag.
    const calls = [...read(file).matchAll(/redis\.call\(\s*'(\w+)',\s*([^,)]+)/g)];
    const keys = calls.filter(([, command]) => command !== 'TIME').map(([, , key]) => key?.trim());
    const named =
      /^(KEYS\[\d\]|stateKey|root \.\. '\w+:' \.\. \w+|(keyOf|queueKey|budgetKey)\(.*|key|order|window|leases|queue|due|tickets)$/;
    for (const key of keys) expect(key).toMatch(named);
  });

  test.each([...operationFiles, ...sharedFiles])('%s uses the name of a constant for nothing else', (file) => {
    // Constants are written into the code wherever their name stands (see script-source).
    const all = [...operationFiles, ...sharedFiles].map(read).join('\n');
    const constants = [...all.matchAll(/^local (\w+(?:, \w+)*) = (?:[\d.]+|'\w*')(?:, (?:[\d.]+|'\w*'))*$/gm)]
      .flatMap(([, names = '']) => names.split(', '))
      .filter((name) => name !== 'firstName');
    expect(new Set(constants).size).toBe(constants.length);
    const others = [
      ...read(file).matchAll(/(?:local function|^ +local|for) ([\w, ]+)|function [\w.]*\(([\w, ]*)\)|(\w+) = /gm),
    ];
    const names = others.flatMap(([, ...found]) => found.flatMap((each) => (each ?? '').split(/, ?/)));
    const inConstants = names.filter((name) => constants.includes(name));
    const declared = read(file).match(/^local [\w, ]+ = [\d.'][^\n]*$/gm) ?? [];
    expect(inConstants.filter((name) => !declared.some((line) => line.includes(name)))).toEqual([]);
  });

  test('are whole: every part an operation names is there, and each has its own hash', () => {
    const scripts = Object.values(loadScripts());
    expect(new Set(scripts.map(({ sha }) => sha)).size).toBe(operations.length);
    for (const { lua } of scripts) expect(lua).toContain('local function readClock');
  });
});
