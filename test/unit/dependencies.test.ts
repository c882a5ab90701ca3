import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const packages = readdirSync(join(root, 'node_modules/@temporalio'));

describe('dependencies', () => {
  test('every Temporal package uses the same copy of protobufjs, or JSON histories do not replay', () => {
    const ours = createRequire(join(root, 'package.json')).resolve('protobufjs');
    for (const name of packages) {
      expect(createRequire(join(root, 'node_modules/@temporalio', name, 'package.json')).resolve('protobufjs')).toBe(
        ours,
      );
    }
  });

  test('every Temporal package has exactly one version', () => {
    const versions = packages.map((name) => {
      const text = readFileSync(join(root, 'node_modules/@temporalio', name, 'package.json'), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    });
    expect(new Set(versions).size).toBe(1);
  });

  test('every dependency is pinned to one exact version', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const ranges = ['dependencies', 'devDependencies', 'optionalDependencies']
      .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(ranges).toEqual([]);
  });

  test('the lockfile names no registry', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"/);
  });
});
