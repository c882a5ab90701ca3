import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readToolchain } from '../../../src/stack/toolchain';
import { makeTemporaryDir, writeProgram } from './programs';

const { dir: top, remove } = makeTemporaryDir();
let counter = 0;
let root: string;

beforeEach(() => {
  root = join(top, String((counter += 1)));
  mkdirSync(join(root, '.holdfast'), { recursive: true });
});
afterAll(remove);

const program = (name: string): string => writeProgram(root, name, '');

function write(content: object | string): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(root, '.holdfast', 'toolchain.json'), text);
}

function complete(): Record<string, object> {
  return {
    node: { path: program('node'), version: '24.21.0' },
    temporal: { path: program('temporal'), serverVersion: '1.32.0', stamp: '', source: 'cache' },
    redis: { fromUrl: false, server: { path: program('redis-server'), version: '7.0.15', stamp: '' } },
  };
}

describe('readToolchain', () => {
  test('reads what the bootstrap found', () => {
    write(complete());
    expect(readToolchain(root, {})).toEqual({
      node: join(root, 'node'),
      temporal: join(root, 'temporal'),
      temporalServerVersion: '1.32.0',
      redisServer: join(root, 'redis-server'),
    });
  });

  test('takes the address of a Redis from the environment, as it may hold a password', () => {
    write({ ...complete(), redis: { fromUrl: true } });
    const { redisUrl, redisServer } = readToolchain(root, { REDIS_URL: 'redis://:secret@db:6379' });
    expect(redisUrl).toBe('redis://:secret@db:6379');
    expect(redisServer).toBeUndefined();
  });

  test.each<[string, () => void, RegExp]>([
    ['the bootstrap has not run', () => undefined, /toolchain\.json is missing or incomplete/],
    ['the file was cut short', () => write('{"node":'), /is missing or incomplete/],
    ['only a part was asked for', () => write({ node: complete()['node'] }), /is missing or incomplete/],
    [
      'REDIS_URL is not set any more',
      () => write({ ...complete(), redis: { fromUrl: true } }),
      /missing or incomplete/,
    ],
    [
      'a tool is gone',
      () => write({ ...complete(), temporal: { path: join(root, 'gone'), serverVersion: '1.32.0' } }),
      /names .*gone, which does not exist any more/,
    ],
  ])('says what to run when %s', (_, prepare, message) => {
    prepare();
    const read = (): unknown => readToolchain(root, { REDIS_URL: '' });
    expect(read).toThrow(expect.objectContaining({ type: 'Config.Invalid', message: expect.stringMatching(message) }));
    expect(read).toThrow('node scripts/bootstrap.mjs');
  });
});
