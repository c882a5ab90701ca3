import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './modules';

interface Entry {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Entry>;
};

describe('package-lock.json', () => {
  // npm leaves out what its registry did not serve when the file was written, and `npm ci` then refuses the file.
  test('names the packages of every platform, or `npm ci` fails in every fresh clone', () => {
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`${place}/node_modules/${name}` in packages || `node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });
});
