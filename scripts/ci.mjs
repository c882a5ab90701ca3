// What .ci/run runs: `npm run check`, then `npm test`, also when the first fails. Writes everything to standard output, so
// that nothing can get behind the last line, "N passed, N failed": the tests jest counted, plus one failure for failed
// checks and for a jest that gave no account of itself.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { readJson, root } from './bootstrap/paths.cjs';

// With everything in place it takes a few minutes; a cold machine builds the Temporal server first. A run that hangs
// should end with an account instead of being killed.
const limitMs = 45 * 60_000;
const graceMs = 10_000;
const deadline = performance.now() + limitMs;

/** @typedef {{ passed: number, failed: number }} Count */

/**
 * @typedef {object} JestReport what `jest --json` writes, as far as it is read here
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numRuntimeErrorTestSuites files that could not be run at all
 */

/** @type {Set<number>} */
const groups = new Set();

function signalAll(/** @type {NodeJS.Signals} */ signal) {
  for (const group of groups) {
    try {
      process.kill(-group, signal);
    } catch {
      // It has ended.
    }
  }
}

/**
 * Runs npm in a process group of its own, so that all of it can be ended.
 * @param {readonly string[]} args
 * @returns {Promise<boolean>} whether it succeeded
 */
function runNpm(args) {
  console.log(`\n> npm ${args.join(' ')}`);
  return new Promise((resolve) => {
    const child = spawn('npm', [...args], { cwd: root, detached: true, stdio: ['ignore', 1, 1] });
    if (child.pid !== undefined) groups.add(child.pid);
    const overdue = setTimeout(() => {
      console.log(`holdfast: ended, as everything together may take ${limitMs / 60_000} minutes`);
      signalAll('SIGTERM');
      setTimeout(() => signalAll('SIGKILL'), graceMs).unref();
    }, deadline - performance.now());
    const settle = (/** @type {boolean} */ isOk) => {
      clearTimeout(overdue);
      // What npm left running must not write behind our last line.
      signalAll('SIGKILL');
      groups.clear();
      resolve(isOk);
    };
    child.on('error', (error) => {
      console.log(`holdfast: npm cannot be started: ${error.message}`);
      settle(false);
    });
    child.on('exit', (code) => settle(code === 0));
  });
}

/** @returns {Promise<Count>} */
async function check() {
  return { passed: 0, failed: (await runNpm(['run', 'check'])) ? 0 : 1 };
}

/** @returns {Promise<Count>} */
async function test() {
  const dir = mkdtempSync(path.join(tmpdir(), 'holdfast-ci-'));
  try {
    const file = path.join(dir, 'jest.json');
    const isOk = await runNpm(['test', '--', '--json', `--outputFile=${file}`]);
    return countTests(isOk, readJson(file));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * @param {boolean} isOk
 * @param {JestReport | undefined} report
 * @returns {Count}
 */
function countTests(isOk, report) {
  if (report === undefined) {
    console.log('holdfast: jest ended without a report; counted as one failure');
    return { passed: 0, failed: 1 };
  }
  if (report.numPendingTests > 0) console.log(`holdfast: ${report.numPendingTests} tests were skipped`);
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  // Jest also fails for what is no test: a teardown, a crash after the report.
  return { passed: report.numPassedTests, failed: isOk ? failed : Math.max(failed, 1) };
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    signalAll(signal);
    process.exit(128 + constants.signals[signal]);
  });
}

const counts = [await check(), await test()];
const sum = (/** @type {keyof Count} */ key) => counts.reduce((total, count) => total + count[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
