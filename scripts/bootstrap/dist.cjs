// dist/ is fresh when its stamp is the hash of everything it was made from. The stamp is part of the folder, and the
// folder is swapped in as a whole, so a build that was interrupted is never taken for a finished one.
const { readFileSync, readdirSync, statSync } = require('node:fs');
const path = require('node:path');
const { runCommand } = require('./command.cjs');
const { BootstrapFailure } = require('./failure.cjs');
const { withLock } = require('./lock.cjs');
const { hashOf, readJson } = require('./paths.cjs');

const stampName = '.build-stamp.json';
// package-lock.json: the compiler and what goes into the workflow bundle.
const otherInputs = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/build.mjs'];

/** @param {string} root @returns {string} */
function sourceHash(root) {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => path.join('src', file))
    .filter((file) => statSync(path.join(root, file)).isFile())
    .sort();
  return hashOf([...sources, ...otherInputs].flatMap((file) => [file, readFileSync(path.join(root, file))]));
}

function distIsFresh(/** @type {string} */ root) {
  return readJson(path.join(root, 'dist', stampName))?.sourceHash === sourceHash(root);
}

/**
 * @param {{ root: string, node: string, reporter: import('./reporter.cjs').Reporter }} options `node` runs the build
 * @returns {Promise<boolean>} whether it was built now
 */
async function ensureDist({ root, node, reporter }) {
  if (distIsFresh(root)) return false;
  return withLock(
    path.join(root, '.holdfast', 'build.lock'),
    (holder) => reporter.say(`waiting for the build of process ${holder.pid}`),
    async () => {
      if (distIsFresh(root)) return false;
      const run = await reporter.task('building dist', () =>
        runCommand(node, [path.join(root, 'scripts', 'build.mjs')], { cwd: root }),
      );
      if (!run.ok) throw new BootstrapFailure(`The build failed (${run.reason}):\n${run.tail}`);
      return true;
    },
  );
}

module.exports = { ensureDist, distIsFresh, sourceHash, stampName };
