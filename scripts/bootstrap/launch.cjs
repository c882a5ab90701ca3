// Runs a script under the Node that Holdfast needs, in front of the terminal: same stdio, same exit code, signals passed
// on. The child is told when its launcher disappears: through the IPC channel, which closes however the launcher dies.
const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { BootstrapFailure } = require('./failure.cjs');
const { resolveNode } = require('./node.cjs');
const { root } = require('./paths.cjs');

const forwarded = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const parentCheckMs = 1_000;

/** npm that is killed outright leaves its script running; as nobody can reach that one any more, it ends too. */
function onNpmDeath(/** @type {() => void} */ end) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, parentCheckMs);
  timer.unref();
}

/**
 * @param {readonly string[]} args script and its arguments
 * @param {{ env?: NodeJS.ProcessEnv, channel?: boolean }} [options] `channel` opens the IPC channel
 */
function launch(args, { env = process.env, channel = false } = {}) {
  const { path: node } = resolveNode(root);
  const child = spawn(node, [...args], {
    env,
    stdio: channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
  });
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  onNpmDeath(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`holdfast: ${node} cannot be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
}

/** Runs `main`; a failure that the reader can mend is one line. */
function runMain(/** @type {() => void} */ main) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof BootstrapFailure)) throw error;
    console.error(`holdfast: ${error.message}`);
    process.exitCode = 1;
  }
}

module.exports = { launch, runMain };
