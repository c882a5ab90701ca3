import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryDir, readLines } from '../stack/programs';
import { createListener, distIsFresh, ensureDist, root as clone } from './modules';

const { dir: top, remove } = makeTemporaryDir();
let counter = 0;
let root: string;

beforeEach(() => {
  root = join(top, String((counter += 1)));
  for (const folder of ['src/cli', 'scripts']) mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'src/index.ts', 'src/cli/main.ts'])
    writeFileSync(join(root, file), '');
  writeBuild('built');
});
afterAll(remove);

/** A build that does as the real one: notes that it ran, and swaps in a folder with a stamp; or fails. */
function writeBuild(result: string, fails = false): void {
  const dist = JSON.stringify(join(clone, 'scripts/bootstrap/dist.cjs'));
  writeFileSync(
    join(root, 'scripts/build.mjs'),
    `import fs from 'node:fs'; import dist from ${dist};
     fs.appendFileSync('build.log', 'x\\n');
     if (${fails}) { console.error('src/index.ts: unexpected token'); process.exit(1); }
     const sourceHash = dist.sourceHash('.');
     fs.rmSync('dist', { recursive: true, force: true }); fs.mkdirSync('dist');
     fs.writeFileSync('dist/result', ${JSON.stringify(result)});
     fs.writeFileSync('dist/' + dist.stampName, JSON.stringify({ sourceHash }));`,
  );
}

function ensure(): Promise<boolean> {
  const { reporter } = createListener();
  return ensureDist({ root, node: process.execPath, reporter });
}

describe('distIsFresh', () => {
  test('is true after a build, and false without one', async () => {
    expect(distIsFresh(root)).toBe(false);
    await ensure();
    expect(distIsFresh(root)).toBe(true);
  });

  test.each<[string, () => void]>([
    ['a source file changes', () => writeFileSync(join(root, 'src/index.ts'), 'changed')],
    ['a source file appears', () => writeFileSync(join(root, 'src/new.lua'), '')],
    ['a source file goes', () => rmSync(join(root, 'src/cli/main.ts'))],
    ['a source file moves', () => renameSync(join(root, 'src/cli/main.ts'), join(root, 'src/main.ts'))],
    ['the compiler settings change', () => writeFileSync(join(root, 'tsconfig.json'), '{}')],
    ['a dependency changes', () => writeFileSync(join(root, 'package-lock.json'), '{}')],
    ['the build itself changes', () => writeBuild('otherwise')],
    ['its stamp is cut short', () => writeFileSync(join(root, 'dist/.build-stamp.json'), '{"sourceH')],
  ])('is false when %s', async (_, change) => {
    await ensure();
    change();
    expect(distIsFresh(root)).toBe(false);
  });
});

describe('ensureDist', () => {
  test('builds only what is stale, once for several that start at the same time', async () => {
    const all = await Promise.all([ensure(), ensure(), ensure()]);
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await ensure()).toBe(false);
    expect(readLines(join(root, 'build.log'))).toHaveLength(1);
  });

  test('says what the build said when it fails, and leaves the last good dist alone', async () => {
    await ensure();
    writeBuild('never', true);
    await expect(ensure()).rejects.toMatchObject({
      name: 'BootstrapFailure',
      message: 'The build failed (exit code 1):\nsrc/index.ts: unexpected token',
    });
    expect(readFileSync(join(root, 'dist/result'), 'utf8')).toBe('built');
  });
});
