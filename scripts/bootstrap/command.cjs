const { spawn } = require('node:child_process');
const { accessSync, constants, statSync } = require('node:fs');
const path = require('node:path');
const { createInterface } = require('node:readline');

const keptLines = 40;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGTERM')));

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] whole run
 * @property {number} [stallMs] longest time without a line of output
 * @property {(line: string) => void} [onLine]
 * @property {boolean} [shell]
 */

/**
 * Runs a command and keeps the tail of its output for the error message.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<{ ok: boolean, reason: string, stdout: string, tail: string }>} never rejects
 */
function runCommand(command, args, { cwd, env, timeoutMs, stallMs, onLine, shell = false } = {}) {
  return new Promise((resolve) => {
    /** @type {string[]} */
    const stdout = [];
    /** @type {string[]} */
    const tail = [];
    let killedBecause = '';
    const child = spawn(command, [...args], { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const end = (/** @type {string} */ why) => {
      killedBecause = why;
      child.kill('SIGKILL');
    };
    const timeout = timeoutMs && setTimeout(() => end(`no end after ${timeoutMs / 1000} s`), timeoutMs);
    const stall = stallMs && setTimeout(() => end(`no output for ${stallMs / 1000} s`), stallMs);
    const follow = (/** @type {NodeJS.ReadableStream} */ stream, /** @type {string[]} */ lines) =>
      createInterface({ input: stream }).on('line', (line) => {
        if (stall) stall.refresh();
        lines.push(line);
        tail.push(line);
        if (tail.length > keptLines) tail.shift();
        onLine?.(line);
      });
    follow(child.stdout, stdout);
    follow(child.stderr, []);
    const settle = (/** @type {string} */ reason) => {
      clearTimeout(timeout || undefined);
      clearTimeout(stall || undefined);
      running.delete(child);
      resolve({ ok: reason === '', reason, stdout: stdout.join('\n'), tail: tail.join('\n') });
    };
    child.on('error', (error) => settle(error.message));
    child.on('close', (code, signal) =>
      settle(killedBecause || (code === 0 ? '' : signal ? `ended by ${signal}` : `exit code ${code}`)),
    );
  });
}

function isExecutable(/** @type {string} */ file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {readonly string[]} names first name first, over all folders
 * @param {{ env?: NodeJS.ProcessEnv, extraDirs?: readonly string[] }} [options]
 * @returns {string | undefined} absolute path
 */
function findOnPath(names, { env = process.env, extraDirs = [] } = {}) {
  const dirs = [...(env.PATH ?? env.Path ?? '').split(path.delimiter), ...extraDirs].filter(path.isAbsolute);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const name of names) {
    const dir = dirs.find((candidate) => isExecutable(path.join(candidate, name + suffix)));
    if (dir !== undefined) return path.join(dir, name + suffix);
  }
  return undefined;
}

module.exports = { runCommand, findOnPath, isExecutable };
