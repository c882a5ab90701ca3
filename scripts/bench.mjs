// node scripts/bench.mjs <benchmark> [arguments]: a benchmark of bench/, out of its TypeScript, under the right Node.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { BootstrapFailure } from './bootstrap/failure.cjs';
import { launch, runMain } from './bootstrap/launch.cjs';
import { root } from './bootstrap/paths.cjs';

const require = createRequire(import.meta.url);

runMain(() => {
  const [name = '', ...args] = process.argv.slice(2);
  const main = path.join(root, 'bench', name, 'main.ts');
  if (name === '' || !existsSync(main)) throw new BootstrapFailure(`there is no benchmark "${name}" in bench/.`);
  const compile = require.resolve('../test/support/compile-on-require.cjs');
  launch(['--require', compile, main, ...args], { channel: true });
});
