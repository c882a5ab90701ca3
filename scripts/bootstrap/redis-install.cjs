const { findOnPath, runCommand } = require('./command.cjs');
const { BootstrapFailure } = require('./failure.cjs');

const installMs = 300_000;

/**
 * @typedef {object} PackageManager
 * @property {string} command
 * @property {boolean} asRoot
 * @property {readonly string[]} [prepare]
 * @property {readonly (readonly string[])[]} install the first that works
 * @property {string} byHand
 */

// On Debian and Ubuntu the package redis-server starts a service on port 6379; redis-tools holds the same binary and
// starts nothing. Fedora and RHEL start no service by themselves; newer ones carry Valkey in place of Redis.
/** @type {readonly PackageManager[]} */
const packageManagers = [
  {
    command: 'apt-get',
    asRoot: true,
    prepare: ['update'],
    install: [['install', '--yes', '--no-install-recommends', 'redis-tools']],
    byHand: 'apt-get update && apt-get install --yes --no-install-recommends redis-tools',
  },
  {
    command: 'dnf',
    asRoot: true,
    install: ['valkey', 'redis'].map((name) => ['install', '--assumeyes', name]),
    byHand: 'dnf install --assumeyes valkey || dnf install --assumeyes redis',
  },
  { command: 'brew', asRoot: false, install: [['install', 'redis']], byHand: 'brew install redis' },
];

function manualInstall(env = process.env) {
  const manager = packageManagers.find(({ command }) => findOnPath([command], { env }) !== undefined);
  const install =
    manager === undefined
      ? 'Install redis-server 7 or newer (https://redis.io/docs/latest/operate/oss_and_stack/install/)'
      : `Run \`${manager.asRoot && process.getuid?.() !== 0 ? `sudo sh -c '${manager.byHand}'` : manager.byHand}\``;
  return `${install}, or set REDIS_URL to a Redis that may be used, e.g. redis://127.0.0.1:6379.`;
}

/** @returns {Promise<string[] | undefined>} what stands before a command to run it as root */
async function rootPrefix(/** @type {NodeJS.ProcessEnv} */ env) {
  if (process.getuid?.() === 0) return [];
  const sudo = findOnPath(['sudo'], { env });
  if (sudo === undefined) return undefined;
  const allowed = await runCommand(sudo, ['--non-interactive', 'true'], { env, timeoutMs: 5_000 });
  return allowed.ok ? [sudo, '--non-interactive'] : undefined;
}

/**
 * @param {PackageManager} manager @param {readonly string[]} prefix @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} what went wrong, undefined when Redis was installed
 */
async function runInstall(manager, prefix, env) {
  let failures = '';
  const succeeds = async (/** @type {readonly string[]} */ step) => {
    const [command = '', ...args] = [...prefix, manager.command, ...step];
    const run = await runCommand(command, args, {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', HOMEBREW_NO_AUTO_UPDATE: '1' },
      timeoutMs: installMs,
    });
    if (!run.ok) failures += `\n\`${manager.command} ${step.join(' ')}\`: ${run.reason}\n${run.tail}`;
    return run.ok;
  };
  // A failed update may be one broken source of many; the install says whether it matters.
  if (manager.prepare !== undefined) await succeeds(manager.prepare);
  for (const step of manager.install) if (await succeeds(step)) return undefined;
  return failures;
}

/** @param {{ reporter: import('./reporter.cjs').Reporter, env: NodeJS.ProcessEnv }} options */
async function installRedis({ reporter, env }) {
  const missing = 'Redis is missing: there is no redis-server or valkey-server on PATH';
  const manager = packageManagers.find(({ command }) => findOnPath([command], { env }) !== undefined);
  if (env.HOLDFAST_NO_INSTALL) {
    throw new BootstrapFailure(`${missing}, and HOLDFAST_NO_INSTALL forbids installing it. ${manualInstall(env)}`);
  }
  const prefix = manager?.asRoot ? await rootPrefix(env) : [];
  if (manager === undefined || prefix === undefined) {
    const why = manager === undefined ? 'no known package manager' : 'neither root nor sudo without a password';
    throw new BootstrapFailure(`${missing}, and it cannot be installed here (${why}). ${manualInstall(env)}`);
  }
  const failure = await reporter.task(`installing Redis with ${manager.command}`, () =>
    runInstall(manager, prefix, env),
  );
  if (failure !== undefined) {
    throw new BootstrapFailure(`${missing}, and installing it failed: ${failure}\n${manualInstall(env)}`);
  }
}

module.exports = { installRedis, manualInstall };
