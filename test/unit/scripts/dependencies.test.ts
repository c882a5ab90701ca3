import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryDir, readLines, writeProgram } from '../stack/programs';
import { createListener, dependenciesAreFresh, ensureDependencies, platformKey } from './modules';

const { dir: top, remove } = makeTemporaryDir();
let counter = 0;
let dir: string;
let npm: string;

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
}

const locked: Record<string, Entry> = {
  '': { version: '1.0.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/other-platform': { version: '2.0.0', optional: true },
};
const { '': _, 'node_modules/other-platform': __, ...installed } = locked;

beforeEach(() => {
  dir = join(top, String((counter += 1)));
  mkdirSync(join(dir, 'bin'), { recursive: true });
  writeLock(locked);
  npm = writeNpm();
});
afterAll(remove);

function writeLock(packages: Record<string, Entry>): void {
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify({ packages }));
}

/** As npm leaves it behind, besides the packages. */
function writeInstalled(packages: Record<string, Entry>): void {
  mkdirSync(join(dir, 'node_modules'), { recursive: true });
  writeFileSync(join(dir, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
}

/** An npm that notes how it was called and makes node_modules, or fails. */
function writeNpm(fails = false): string {
  return writeProgram(
    join(dir, 'bin'),
    'npm-cli.js',
    `const fs = require('fs');
     fs.appendFileSync(${JSON.stringify(join(dir, 'npm.log'))}, [process.cwd(), 'NODE_ENV=' + process.env.NODE_ENV, ...process.argv.slice(2)].join(' ') + '\\n');
     if (${fails}) { console.error('npm error code ENOTFOUND'); process.exit(1); }
     fs.mkdirSync('node_modules', { recursive: true });`,
  );
}

function ensure(): Promise<boolean> {
  const { reporter } = createListener();
  return ensureDependencies({ root: dir, reporter, env: { npm_execpath: npm, NODE_ENV: 'production' } });
}

describe('dependenciesAreFresh', () => {
  test('is false without node_modules', () => {
    expect(dependenciesAreFresh(dir)).toBe(false);
  });

  test("accepts what a person installed with npm, where only other platforms' packages are missing", () => {
    writeInstalled(installed);
    expect(dependenciesAreFresh(dir)).toBe(true);
  });

  test.each<[string, Record<string, Entry>]>([
    ['is missing', {}],
    ['has another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['has another content', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
    ['is not in the lockfile', { ...installed, 'node_modules/extra': { version: '1.0.0' } }],
  ])('refuses an installation in which a package %s', (_, packages) => {
    writeInstalled(packages);
    expect(dependenciesAreFresh(dir)).toBe(false);
  });

  test('notices a changed lockfile and a folder that was cut short', async () => {
    await ensure();
    expect(dependenciesAreFresh(dir)).toBe(true);
    writeLock({ ...locked, 'node_modules/b': { version: '1.0.0' } });
    expect(dependenciesAreFresh(dir)).toBe(false);
    writeLock(locked);
    rmSync(join(dir, 'node_modules'), { recursive: true });
    expect(dependenciesAreFresh(dir)).toBe(false);
  });

  test('refuses what was installed on another platform', async () => {
    await ensure();
    writeInstalled(installed);
    const stamp = join(dir, 'node_modules', '.holdfast-stamp.json');
    writeFileSync(stamp, readFileSync(stamp, 'utf8').replace(platformKey, 'plan9-mips'));
    expect(dependenciesAreFresh(dir)).toBe(false);
  });
});

describe('ensureDependencies', () => {
  test('installs what the lockfile says, without scripts, with development packages, once', async () => {
    expect(await ensure()).toBe(true);
    expect(await ensure()).toBe(false);
    expect(readLines(join(dir, 'npm.log'))).toEqual([
      `${dir} NODE_ENV=undefined install --no-save --ignore-scripts --include=dev --include=optional --no-audit --no-fund`,
    ]);
  });

  test('installs once for several that start at the same time', async () => {
    const all = await Promise.all([ensure(), ensure(), ensure()]);
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(readLines(join(dir, 'npm.log'))).toHaveLength(1);
  });

  test('says why npm failed and what to run, and tries again the next time', async () => {
    npm = writeNpm(true);
    await expect(ensure()).rejects.toMatchObject({
      name: 'BootstrapFailure',
      message: expect.stringMatching(
        /\(exit code 1\):\nnpm error code ENOTFOUND\nRun `npm install --no-save --ignore-scripts` in /,
      ),
    });
    npm = writeNpm();
    expect(await ensure()).toBe(true);
  });
});
