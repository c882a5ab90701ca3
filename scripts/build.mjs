// Makes dist/ out of src/: JavaScript, scripts that are not TypeScript, and the workflow bundle that every worker loads.
// swc only strips types, as it does for the tests, so that a start never waits for the type checker (`npm run check`).
// With --types also declarations, for a package that others install. Built beside the old folder and swapped in.
//
//   node scripts/build.mjs [--types]
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import dist from './bootstrap/dist.cjs';
import paths from './bootstrap/paths.cjs';

const { root } = paths;
const require = createRequire(import.meta.url);
const source = path.join(root, 'src');
const target = path.join(root, 'dist');
// Beside dist/ and not deeper: source maps refer to ../src.
const next = path.join(root, 'dist.next');
const previous = path.join(root, 'dist.previous');

function compile() {
  /** @type {typeof import('@swc/core')} */
  const { transformFileSync } = require('@swc/core');
  for (const file of globSync('**/*.ts', { cwd: source })) {
    const output = path.join(next, file.replace(/\.ts$/, '.js'));
    const { code, map = '' } = transformFileSync(path.join(source, file), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
      module: { type: 'commonjs' },
      sourceMaps: true,
      inlineSourcesContent: false,
      sourceFileName: path.relative(path.dirname(output), path.join(source, file)),
    });
    mkdirSync(path.dirname(output), { recursive: true });
    writeFileSync(output, `${code}//# sourceMappingURL=${path.basename(output)}.map\n`);
    writeFileSync(`${output}.map`, map);
  }
}

function copyAssets() {
  cpSync(source, next, { recursive: true, filter: (file) => !file.endsWith('.ts') });
}

async function bundleWorkflows() {
  /** @type {typeof import('@temporalio/worker')} */
  const { bundleWorkflowCode } = require('@temporalio/worker');
  // Webpack's report comes as one message and is only of interest when something is wrong.
  /** @type {string[]} */
  const messages = [];
  const keep = (/** @type {string} */ message) => messages.push(message);
  const logger = { log: keep, trace: keep, debug: keep, info: keep, warn: keep, error: keep };
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(next, 'workflows', 'index.js'),
    workflowInterceptorModules: [path.join(next, 'workflows', 'interceptors.js')],
    failureConverterPath: path.join(next, 'security', 'bundled-failures.js'),
    logger,
  }).catch((error) => {
    throw new Error(`the workflow bundle cannot be made: ${error.message}\n${messages.join('\n')}`);
  });
  const warning = messages.find((message) => /^WARNING in /m.test(message));
  if (warning !== undefined) throw new Error(`the workflow bundle has warnings:\n${warning}`);
  writeFileSync(path.join(next, 'workflow-bundle.js'), code);
}

function emitDeclarations() {
  const tsc = require.resolve('typescript/bin/tsc');
  const options = ['--emitDeclarationOnly', '--noEmitOnError', '--incremental', 'false', '--tsBuildInfoFile', 'null'];
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', next, ...options];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('src/ has type errors: no declarations were written');
}

async function build() {
  // Before any source is read: a file that changes during the build makes the result stale, as it must.
  const sourceHash = dist.sourceHash(root);
  for (const folder of [next, previous]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(next);
  compile();
  copyAssets();
  await bundleWorkflows();
  if (process.argv.includes('--types')) emitDeclarations();
  writeFileSync(path.join(next, dist.stampName), JSON.stringify({ sourceHash }));
  if (existsSync(target)) renameSync(target, previous);
  renameSync(next, target);
  rmSync(previous, { recursive: true, force: true });
}

try {
  await build();
} catch (error) {
  rmSync(next, { recursive: true, force: true });
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
