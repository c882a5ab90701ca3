// Finds a Temporal CLI, whose `server start-dev` is the real server with its Web UI. First one that works:
// TEMPORAL_CLI_PATH, PATH, our cache, the download the Temporal SDKs use, a build from the Go module proxy.
const { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } = require('node:fs');
const path = require('node:path');
const { findOnPath, isExecutable, runCommand } = require('./command.cjs');
const { BootstrapFailure } = require('./failure.cjs');
const { withLock } = require('./lock.cjs');
const { hashOf, platformKey } = require('./paths.cjs');
const { buildTemporal } = require('./temporal-build.cjs');
const { downloadTemporal } = require('./temporal-download.cjs');

// Older servers lack what we rely on: updates with start, user metadata, eager dispatch as measured.
const oldestServer = [1, 28];

/**
 * @typedef {object} TemporalTool
 * @property {string} path
 * @property {string} serverVersion e.g. "1.32.0"
 * @property {string} stamp changes when the file changes, so that its version need not be asked again
 * @property {string} source where it came from, for people
 */

/** @returns {string | undefined} server version out of `temporal --version` */
function parseServerVersion(/** @type {string} */ text) {
  return /\bServer v?(\d+\.\d+\.\d+[^\s,)]*)/.exec(text)?.[1];
}

function isTooOld(/** @type {string} */ version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldestServer[0] || (major === oldestServer[0] && minor < oldestServer[1]);
}

function stampOf(/** @type {string} */ file) {
  const { size, mtimeMs } = statSync(file);
  return `${size}:${mtimeMs}`;
}

/**
 * @param {string} file @param {string} source @param {TemporalTool | undefined} known
 * @returns {Promise<TemporalTool | string>} the reason as text when it cannot be used
 */
async function inspect(file, source, known) {
  if (!isExecutable(file)) return `${file} is not an executable file`;
  const stamp = stampOf(file);
  if (known?.path === file && known.stamp === stamp) return { ...known, source };
  const run = await runCommand(file, ['--version'], { timeoutMs: 20_000 });
  if (!run.ok) return `\`${file} --version\` failed: ${run.reason}${run.tail && `: ${run.tail}`}`;
  const serverVersion = parseServerVersion(run.stdout);
  if (serverVersion === undefined) return `\`${file} --version\` names no server version: ${run.stdout}`;
  return isTooOld(serverVersion)
    ? `${file} carries Temporal server ${serverVersion}, and ${oldestServer.join('.')} or newer is needed`
    : { path: file, serverVersion, stamp, source };
}

/** The cache entry belongs to these module versions and this platform. */
function cachedPath(/** @type {string} */ cache, /** @type {string} */ moduleDir) {
  const files = ['go.mod', 'go.sum'].map((name) => readFileSync(path.join(moduleDir, name)));
  const key = hashOf([...files, platformKey]).slice(0, 16);
  return path.join(cache, `temporal-${key}`, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
}

/** @param {ResolveTemporalOptions & { target: string, env: NodeJS.ProcessEnv }} options */
async function obtain({ target, moduleDir, reporter, env, origin, goDirs }) {
  const folder = path.dirname(target);
  const temporary = path.join(folder, `partial-${path.basename(target)}`);
  // We hold the lock: whatever is there was left behind by one that was killed.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const whyNoDownload = await downloadTemporal({ into: temporary, reporter, origin });
    if (whyNoDownload !== undefined) {
      await buildTemporal({ into: temporary, moduleDir, reporter, env, goDirs, whyNoDownload });
    }
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** @param {string} cache @param {string} moduleDir @param {NodeJS.ProcessEnv} env */
function installedCandidates(cache, moduleDir, env) {
  const onPath = findOnPath(['temporal'], { env });
  const cached = cachedPath(cache, moduleDir);
  return [
    ...(onPath === undefined ? [] : [{ file: onPath, source: 'PATH' }]),
    ...(existsSync(cached) ? [{ file: cached, source: 'cache' }] : []),
  ];
}

/**
 * @typedef {object} ResolveTemporalOptions
 * @property {string} cache
 * @property {string} moduleDir folder of the go.mod
 * @property {import('./reporter.cjs').Reporter} reporter
 * @property {TemporalTool} [known] what the last bootstrap found
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [origin] where the download is asked for
 * @property {readonly string[]} [goDirs] where Go is looked for when PATH has none
 */

/** @param {ResolveTemporalOptions} options @returns {Promise<TemporalTool>} */
async function resolveTemporal(options) {
  const { cache, moduleDir, reporter, known, env = process.env } = options;
  if (env.TEMPORAL_CLI_PATH) {
    const found = await inspect(path.resolve(env.TEMPORAL_CLI_PATH), 'TEMPORAL_CLI_PATH', known);
    if (typeof found !== 'string') return found;
    throw new BootstrapFailure(
      `TEMPORAL_CLI_PATH does not name a usable Temporal CLI: ${found}. Correct it, or unset it to use one that the bootstrap finds.`,
    );
  }
  for (const { file, source } of installedCandidates(cache, moduleDir, env)) {
    const found = await inspect(file, source, known);
    if (typeof found !== 'string') return found;
    reporter.say(`skipping the Temporal CLI from ${source}: ${found}`);
  }
  const target = cachedPath(cache, moduleDir);
  return withLock(
    `${path.dirname(target)}.lock`,
    (holder) => reporter.say(`waiting for process ${holder.pid}, which is fetching or building the Temporal CLI`),
    async () => {
      const byOthers = await inspect(target, 'cache', undefined);
      if (typeof byOthers !== 'string') return byOthers;
      await obtain({ ...options, target, env });
      const found = await inspect(target, 'cache', undefined);
      if (typeof found !== 'string') return found;
      rmSync(target, { force: true });
      throw new BootstrapFailure(`The Temporal CLI that was fetched or built does not work: ${found}`);
    },
  );
}

module.exports = { resolveTemporal, cachedPath };
