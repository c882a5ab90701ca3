// Finds a Redis: REDIS_URL when set, else a redis-server or valkey-server binary that we start ourselves on a free port,
// else the system's package manager. A Redis that happens to run on port 6379 is somebody else's and is never used.
const { mkdirSync, readlinkSync, statSync, symlinkSync, unlinkSync } = require('node:fs');
const path = require('node:path');
const { findOnPath, isExecutable, runCommand } = require('./command.cjs');
const { BootstrapFailure } = require('./failure.cjs');
const { withLock } = require('./lock.cjs');
const { pingRedis } = require('./redis-ping.cjs');
const { installRedis, manualInstall } = require('./redis-install.cjs');

// The first with multi-part append-only files, which the journal's durability was tested on.
const oldestServer = 7;
const serverNames = ['redis-server', 'valkey-server'];
const usualDirs = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/usr/bin'];
// Debian ships redis-server as a second name of this one, in a package that starts no service.
const debianMultiCall = '/usr/bin/redis-check-rdb';

/** @typedef {{ path: string, version: string, stamp: string }} RedisTool */

function stampOf(/** @type {string} */ file) {
  const { size, mtimeMs } = statSync(file);
  return `${size}:${mtimeMs}`;
}

/** @returns {string | undefined} */
function parseVersion(/** @type {string} */ text) {
  return /\bv=(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

/** @param {string} file @param {RedisTool | undefined} known @returns {Promise<RedisTool | undefined>} */
async function inspect(file, known) {
  const stamp = stampOf(file);
  if (known?.path === file && known.stamp === stamp) return known;
  const run = await runCommand(file, ['--version'], { timeoutMs: 10_000 });
  const version = parseVersion(run.stdout);
  return run.ok && version !== undefined ? { path: file, version, stamp } : undefined;
}

/** Gives Debian's multi-call binary the name under which it is a server. @param {string} cache @param {string} binary */
function linkMultiCall(cache, binary) {
  const link = path.join(cache, 'redis', 'redis-server');
  mkdirSync(path.dirname(link), { recursive: true });
  try {
    if (readlinkSync(link) === binary) return link;
    unlinkSync(link);
  } catch {
    // Not there yet.
  }
  symlinkSync(binary, link);
  return link;
}

/**
 * @typedef {object} ResolveRedisOptions
 * @property {string} cache
 * @property {import('./reporter.cjs').Reporter} reporter
 * @property {RedisTool | undefined} [known] what the last bootstrap found
 * @property {NodeJS.ProcessEnv} [env]
 * @property {readonly string[]} [dirs] where the server is looked for after PATH
 * @property {string} [multiCall] Debian's binary under its other name
 */

/** @param {Omit<ResolveRedisOptions, 'reporter'>} options */
async function findServer({ cache, known, env = process.env, dirs = usualDirs, multiCall = debianMultiCall }) {
  const found = findOnPath(serverNames, { env, extraDirs: dirs });
  const usable = found === undefined ? undefined : await inspect(found, known);
  if (usable !== undefined || !isExecutable(multiCall)) return usable;
  return inspect(linkMultiCall(cache, multiCall), known);
}

/** @param {ResolveRedisOptions} options @returns {Promise<{ server?: RedisTool | undefined, fromUrl: boolean }>} */
async function resolveRedis(options) {
  const { cache, reporter, env = process.env } = options;
  if (env.REDIS_URL) {
    const problem = await pingRedis(env.REDIS_URL);
    if (problem !== undefined) {
      throw new BootstrapFailure(
        `REDIS_URL is set, but no Redis answers there: ${problem}. Start it, correct the URL, or unset REDIS_URL to use a Redis of our own.`,
      );
    }
    return { fromUrl: true, server: await findServer(options) };
  }
  const server =
    (await findServer(options)) ??
    (await withLock(
      path.join(cache, 'redis.lock'),
      (holder) => reporter.say(`waiting for process ${holder.pid}, which is installing Redis`),
      async () => {
        const byOthers = await findServer(options);
        if (byOthers !== undefined) return byOthers;
        await installRedis({ reporter, env });
        return findServer(options);
      },
    ));
  if (server === undefined) {
    throw new BootstrapFailure(
      `Redis was installed, but no ${serverNames.join(' or ')} is on PATH. ${manualInstall(env)}`,
    );
  }
  if (Number(server.version.split('.')[0]) < oldestServer) {
    reporter.say(`warning: ${server.path} is version ${server.version}; ${oldestServer}.0 or newer is needed.`);
  }
  return { fromUrl: false, server };
}

module.exports = { resolveRedis };
