// Builds the Temporal CLI from the Go module proxy with the versions pinned in tools/temporal-dev-server. Listing the
// packages first fetches exactly the modules the build needs and says how many packages there are to compile.
const { readFileSync } = require('node:fs');
const { homedir } = require('node:os');
const path = require('node:path');
const { findOnPath, runCommand } = require('./command.cjs');
const { BootstrapFailure } = require('./failure.cjs');

const mainPackage = 'github.com/temporalio/cli/cmd/temporal';
// Before 1.21 Go can't fetch the newer Go that go.mod asks for.
const oldestGo = [1, 21];
// A module of 50 MB on a slow line, or the linker on a slow machine, may be silent for minutes.
const fetchStallMs = 180_000;
const compileStallMs = 900_000;
const usualGoDirs = ['/usr/local/go/bin', '/opt/homebrew/bin'];

function requiredGo(/** @type {string} */ moduleDir) {
  return /^go (\S+)/m.exec(readFileSync(path.join(moduleDir, 'go.mod'), 'utf8'))?.[1] ?? '';
}

function byHand(/** @type {string} */ moduleDir) {
  const target = path.join(homedir(), 'bin', process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  return [
    'Do one of these and run the command again:',
    '- Put a Temporal CLI on PATH (`brew install temporal`, or https://docs.temporal.io/cli#install), or name it in TEMPORAL_CLI_PATH.',
    `- Install Go ${requiredGo(moduleDir)} or newer (https://go.dev/dl/) and let it reach its module proxy (\`go env GOPROXY\`).`,
    `- On a machine with Go: \`cd "${moduleDir}" && CGO_ENABLED=0 go build -o ${target} ${mainPackage}\`, then TEMPORAL_CLI_PATH=${target}.`,
  ].join('\n');
}

/** @param {string} required e.g. "1.26.8" @param {{ GOVERSION: string, GOTOOLCHAIN: string }} go */
function whyGoIsUnfit(required, { GOVERSION, GOTOOLCHAIN }) {
  const version = GOVERSION.replace(/^go/, '');
  const parts = (/** @type {string} */ text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const isOlder = (/** @type {number[]} */ a, /** @type {number[]} */ b) => {
    const at = b.findIndex((part, index) => (a[index] ?? 0) !== part);
    return at !== -1 && (a[at] ?? 0) < b[at];
  };
  if (!isOlder(parts(version), parts(required))) return undefined;
  if (isOlder(parts(version), oldestGo)) return `Go ${version} is too old; ${required} or newer is needed.`;
  // Newer ones fetch the toolchain they are asked for, unless told not to.
  if (GOTOOLCHAIN === 'auto' || GOTOOLCHAIN.endsWith('+auto')) return undefined;
  return `Go ${version} is too old (${required} is needed) and GOTOOLCHAIN=${GOTOOLCHAIN} forbids fetching a newer one; unset it or install Go ${required}.`;
}

/**
 * @typedef {object} BuildOptions
 * @property {string} into where the binary goes
 * @property {string} moduleDir folder of the go.mod
 * @property {import('./reporter.cjs').Reporter} reporter
 * @property {NodeJS.ProcessEnv} env
 * @property {readonly string[] | undefined} [goDirs] where Go is looked for when PATH has none
 * @property {string} whyNoDownload for the message
 */

/** @param {BuildOptions} options */
async function findGo({ moduleDir, env, goDirs = usualGoDirs, whyNoDownload }) {
  const missing = `The Temporal CLI is missing. It could not be downloaded (${whyNoDownload}), and it cannot be built:`;
  const required = requiredGo(moduleDir);
  const go = findOnPath(['go'], { env, extraDirs: goDirs });
  if (go === undefined) throw new BootstrapFailure(`${missing} there is no Go on PATH.\n${byHand(moduleDir)}`);
  // Outside the module, or an old Go would refuse even this because of the `go` line in go.mod.
  const asked = await runCommand(go, ['env', '-json', 'GOVERSION', 'GOTOOLCHAIN'], { cwd: path.parse(go).root, env });
  const unfit = asked.ok
    ? whyGoIsUnfit(required, JSON.parse(asked.stdout))
    : `\`${go} env\` failed (${asked.reason}). ${asked.tail}`;
  if (unfit !== undefined) throw new BootstrapFailure(`${missing} ${unfit}\n${byHand(moduleDir)}`);
  return go;
}

/** @param {{ go: string, cwd: string, env: NodeJS.ProcessEnv }} options */
function createGoRunner({ go, ...options }) {
  return async (/** @type {string[]} */ args, /** @type {import('./command.cjs').CommandOptions} */ more) => {
    const run = await runCommand(go, args, { ...options, ...more });
    if (run.ok) return run;
    throw new BootstrapFailure(
      `\`go ${args[0]}\` of the Temporal CLI failed (${run.reason}). Is the Go module proxy within reach?\n${run.tail}\n${byHand(options.cwd)}`,
    );
  };
}

/** @param {BuildOptions} options */
async function buildTemporal(options) {
  const { into, moduleDir, reporter, env, whyNoDownload } = options;
  const go = await findGo(options);
  // GOFLAGS and GOWORK of the user are for their modules, not for this one.
  const buildEnv = { ...env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' };
  const runGo = createGoRunner({ go, cwd: moduleDir, env: buildEnv });
  reporter.say(
    `the Temporal CLI could not be downloaded (${whyNoDownload}); building it once, about 5 minutes on 2 cores`,
  );
  await reporter.task('building the Temporal CLI', async (update) => {
    let modules = 0;
    const countModule = (/** @type {string} */ line) => {
      if (line.startsWith('go: downloading')) update(`phase 1 of 2, ${(modules += 1)} modules fetched`);
    };
    update('phase 1 of 2, fetching modules');
    const listed = await runGo(['list', '-deps', mainPackage], { stallMs: fetchStallMs, onLine: countModule });
    const packages = new Set(listed.stdout.split('\n'));
    let compiled = 0;
    const countPackage = (/** @type {string} */ line) => {
      if (packages.has(line)) update(`phase 2 of 2, ${(compiled += 1)} of at most ${packages.size} packages compiled`);
    };
    update('phase 2 of 2, compiling');
    const args = ['build', '-v', '-trimpath', '-ldflags', '-s -w', '-o', into, mainPackage];
    await runGo(args, { stallMs: compileStallMs, onLine: countPackage });
  });
}

module.exports = { buildTemporal };
