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

  test.each([...operationFiles, ...sharedFiles])('%s names no key that was not declared', (file) => {
    // A key that is a literal, or put together, would not be in KEYS and could live in another slot of a cluster.
    const calls = [...read(file).matchAll(/redis\.call\(\s*'(\w+)',\s*([^,)]+)/g)];
    const keys = calls.filter(([, command]) => command !== 'TIME').map(([, , key]) => key?.trim());
    for (const key of keys) expect(key).toMatch(/^(KEYS\[\d\]|key|leasesKey|(best\.)?keys\.\w+|unpack\(read)$/);
  });

  test('are whole: every part an operation names is there, and each has its own hash', () => {
    const scripts = Object.values(loadScripts());
    expect(new Set(scripts.map(({ sha }) => sha)).size).toBe(operations.length);
    for (const { lua } of scripts) expect(lua).toContain('local function readClock');
  });
});
