// node scripts/check.mjs [name …]: every static check, two at a time, all of them even when one fails.
import path from 'node:path';
import { runCommand } from './bootstrap/command.cjs';
import { resolveNode } from './bootstrap/node.cjs';
import { readJson, root } from './bootstrap/paths.cjs';

const atOnce = 2;

/** @typedef {{ name: string, tool: string, bin?: string, args: string[] }} Check `tool` is the npm package */

// In order of duration, longest first, so that two lanes end at about the same time.
/** @type {Check[]} */
const checks = [
  { name: 'eslint', tool: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'types', tool: 'typescript', bin: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'types of scripts', tool: 'typescript', bin: 'tsc', args: ['-p', 'scripts/tsconfig.json'] },
  { name: 'import borders', tool: 'dependency-cruiser', bin: 'depcruise', args: ['src', 'bench'] },
  { name: 'unused code', tool: 'knip', args: [] },
  { name: 'formatting', tool: 'prettier', args: ['--check', '.'] },
];

/** @param {Check} check */
function binOf({ tool, bin = tool }) {
  // Not by require.resolve: packages need not export their manifest.
  const folder = path.join(root, 'node_modules', tool);
  const { bin: entry } = readJson(path.join(folder, 'package.json'));
  return path.join(folder, typeof entry === 'string' ? entry : entry[bin]);
}

/** @param {string} node @param {Check} check */
async function runCheck(node, check) {
  const startedAt = Date.now();
  /** @type {string[]} */
  const lines = [];
  const run = await runCommand(node, [binOf(check), ...check.args], { cwd: root, onLine: (line) => lines.push(line) });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${run.ok ? 'ok  ' : 'FAIL'} ${check.name} (${seconds} s)`);
  if (!run.ok) console.log(`${lines.join('\n')}\n${check.name}: ${run.reason}`);
  return run.ok;
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !checks.some((check) => check.name === name));
if (unknown !== undefined) {
  console.error(`holdfast: there is no check "${unknown}"; there are ${checks.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}
const { path: node } = resolveNode(root);
const queue = checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
/** @type {boolean[]} */
const results = [];
const lane = async () => {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) results.push(await runCheck(node, check));
};
await Promise.all(Array.from({ length: atOnce }, lane));
process.exitCode = results.every(Boolean) ? 0 : 1;
