// One file per lock, created exclusively, naming its holder. A holder that was killed leaves the file behind; the next
// one takes it over. Taking over is the delicate part: two waiters may both see the dead holder, and the slower one must
// not remove the lock of the faster. So whoever removes lock T first creates `break-T` exclusively and looks again; while
// it holds that file nobody else removes T, and a lock with any other token is left alone.
const { randomUUID } = require('node:crypto');
const { mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const pollMs = 200;
// A lock without content, or a breaker, lives for a moment only; after this long its maker has crashed.
const momentMs = 5_000;

/** @typedef {{ token: string, pid: number, started?: string }} Holder */

/** @returns {{ state: string, started: string } | undefined} Linux only */
function readStat(/** @type {number} */ pid) {
  try {
    // The second field is the command in parentheses and may itself hold spaces and parentheses.
    const fields = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '').split(' ');
    return { state: fields[0], started: fields[19] };
  } catch {
    return undefined;
  }
}

/** `started`, in ticks since boot, tells a process from a later one with the same id. A zombie does nothing any more. */
function isAlive(/** @type {Holder} */ { pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  const stat = readStat(pid);
  return stat === undefined || (stat.state !== 'Z' && (started === undefined || started === stat.started));
}

function createExclusive(/** @type {string} */ file, /** @type {string} */ text) {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @typedef {Holder | 'none' | 'unreadable'} Seen */

/** @returns {Seen} */
function readHolder(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT' ? 'none' : 'unreadable';
  }
}

function tokenOf(/** @type {Seen} */ seen) {
  return typeof seen === 'string' ? seen : seen.token;
}

function ageMs(/** @type {string} */ file) {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function remove(/** @type {string} */ file) {
  try {
    unlinkSync(file);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
}

function removeDead(/** @type {string} */ file, /** @type {string} */ token) {
  const breaker = `${file}.break-${token}`;
  if (!createExclusive(breaker, '')) {
    if (ageMs(breaker) > momentMs) remove(breaker);
    return;
  }
  try {
    if (tokenOf(readHolder(file)) === token) remove(file);
  } finally {
    remove(breaker);
  }
}

/**
 * Runs `work` while holding `file`. Waits for a living holder without limit: what it does may take minutes.
 * @template T
 * @param {string} file
 * @param {(holder: Holder) => void} onWait called once, when there is somebody to wait for
 * @param {() => Promise<T>} work
 */
async function withLock(file, onWait, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  const token = randomUUID();
  const mine = JSON.stringify({ token, pid: process.pid, started: readStat(process.pid)?.started });
  let told = false;
  while (!createExclusive(file, mine)) {
    const holder = readHolder(file);
    const isDead = typeof holder === 'object' ? !isAlive(holder) : holder === 'unreadable' && ageMs(file) > momentMs;
    if (isDead) removeDead(file, tokenOf(holder));
    else if (typeof holder === 'object' && !told) {
      told = true;
      onWait(holder);
    }
    await sleep(isDead ? 10 : pollMs);
  }
  const release = () => {
    if (tokenOf(readHolder(file)) === token) remove(file);
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

module.exports = { withLock };
