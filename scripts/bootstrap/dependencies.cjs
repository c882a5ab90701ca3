// node_modules is right when it holds what package-lock.json says for this platform. Two ways to know: our stamp (written
// after our own install), or npm's hidden lockfile (a person ran `npm install`; installing again would only cost time).
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { runCommand } = require('./command.cjs');
const { BootstrapFailure } = require('./failure.cjs');
const { withLock } = require('./lock.cjs');
const { hashOf, platformKey, readJson } = require('./paths.cjs');

const stampName = '.holdfast-stamp.json';

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockEntry */

/**
 * Every locked package is installed in the locked version. Optional ones may be absent: npm leaves out what is built for
 * other platforms.
 * @param {Record<string, LockEntry>} locked `packages` of package-lock.json
 * @param {Record<string, LockEntry>} installed `packages` of node_modules/.package-lock.json
 */
function matchesLock(locked, installed) {
  const isSame = (/** @type {LockEntry} */ a, /** @type {LockEntry} */ b) =>
    a.version === b.version && (a.integrity === undefined || a.integrity === b.integrity);
  return (
    Object.entries(locked).every(([place, entry]) => {
      const found = installed[place];
      if (place === '') return true;
      return found === undefined ? entry.optional === true || entry.devOptional === true : isSame(entry, found);
    }) && Object.keys(installed).every((place) => locked[place] !== undefined)
  );
}

/** @param {string} root */
function dependenciesAreFresh(root) {
  const lockText = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  const lockHash = hashOf([lockText]);
  const stampFile = path.join(root, 'node_modules', stampName);
  const stamp = readJson(stampFile);
  if (stamp?.platform === platformKey && stamp.lockHash === lockHash) return true;
  // Installed on another platform (a copied or mounted folder): the native packages are the wrong ones.
  if (stamp !== undefined && stamp.platform !== platformKey) return false;
  const installed = readJson(path.join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined || !matchesLock(JSON.parse(lockText).packages, installed.packages)) return false;
  writeFileSync(stampFile, JSON.stringify({ lockHash, platform: platformKey }));
  return true;
}

/** The development packages are needed to build and test, whatever NODE_ENV or an `omit` setting says. */
function installCommand(/** @type {NodeJS.ProcessEnv} */ env) {
  // Not `npm ci`: it refuses a lockfile that lacks an optional package of another platform, which some registries do not
  // carry. With --no-save the lockfile decides every version and hash just the same, and is never written.
  const flags = [
    'install',
    '--no-save',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ];
  const cleanEnv = { ...env };
  delete cleanEnv.NODE_ENV;
  const npmCli = env.npm_execpath;
  return npmCli !== undefined && path.basename(npmCli) === 'npm-cli.js'
    ? { command: process.execPath, args: [npmCli, ...flags], env: cleanEnv, shell: false }
    : { command: 'npm', args: flags, env: cleanEnv, shell: process.platform === 'win32' };
}

function refuseMusl() {
  if (process.platform !== 'linux') return;
  const report = /** @type {any} */ (process.report.getReport());
  if (report.header.glibcVersionRuntime !== undefined) return;
  throw new BootstrapFailure(
    "This Linux uses musl (Alpine?). Temporal's native bridge is built for glibc only: use a Debian, Ubuntu or Fedora image, e.g. node:24-bookworm-slim.",
  );
}

/**
 * @param {{ root: string, reporter: import('./reporter.cjs').Reporter, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<boolean>} whether anything was installed
 */
async function ensureDependencies({ root, reporter, env = process.env }) {
  if (dependenciesAreFresh(root)) return false;
  refuseMusl();
  return withLock(
    path.join(root, '.holdfast', 'install.lock'),
    (holder) => reporter.say(`waiting for the install of process ${holder.pid}`),
    async () => {
      if (dependenciesAreFresh(root)) return false;
      const count = Object.keys(readJson(path.join(root, 'package-lock.json')).packages).length - 1;
      const { command, args, ...options } = installCommand(env);
      const run = await reporter.task(`installing ${count} npm packages`, () =>
        runCommand(command, args, { cwd: root, ...options }),
      );
      if (!run.ok) {
        throw new BootstrapFailure(
          `npm could not install the dependencies (${run.reason}):\n${run.tail}\nRun \`npm install --no-save --ignore-scripts\` in ${root} once the cause is mended.`,
        );
      }
      writeFileSync(
        path.join(root, 'node_modules', stampName),
        JSON.stringify({
          lockHash: hashOf([readFileSync(path.join(root, 'package-lock.json'), 'utf8')]),
          platform: platformKey,
        }),
      );
      return true;
    },
  );
}

module.exports = { ensureDependencies, dependenciesAreFresh, matchesLock };
