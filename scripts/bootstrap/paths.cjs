// Where things live. Everything that is downloaded or compiled outside npm goes into the cache, which all clones of a
// user share; `.holdfast/` in the clone holds only what belongs to this clone.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { homedir } = require('node:os');
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');
const stateDir = path.join(root, '.holdfast');
const toolchainFile = path.join(stateDir, 'toolchain.json');
const platformKey = `${process.platform}-${process.arch}`;

/** HOLDFAST_CACHE_DIR, else `holdfast` in the user's cache folder. */
function cacheDir(env = process.env) {
  if (env.HOLDFAST_CACHE_DIR) return path.resolve(env.HOLDFAST_CACHE_DIR);
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, 'holdfast');
  if (process.platform === 'win32' && env.LOCALAPPDATA) return path.join(env.LOCALAPPDATA, 'holdfast', 'cache');
  return path.join(homedir(), '.cache', 'holdfast');
}

/** @param {readonly (string | Buffer)[]} parts */
function hashOf(parts) {
  const hash = createHash('sha256');
  // The length in front of each part keeps ['ab', 'c'] and ['a', 'bc'] apart.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}

/**
 * A file that is missing or was cut short by a crash reads as undefined: callers then do the work again.
 * @param {string} file
 * @returns {any}
 */
function readJson(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Written beside the target and renamed, so that a reader never sees half a file. */
function writeJson(/** @type {string} */ file, /** @type {unknown} */ value) {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

module.exports = { root, stateDir, toolchainFile, platformKey, cacheDir, hashOf, readJson, writeJson };
