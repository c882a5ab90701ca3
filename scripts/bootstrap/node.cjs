const { existsSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { BootstrapFailure } = require('./failure.cjs');
const { readJson } = require('./paths.cjs');

const requiredMajor = 24;

/**
 * The Node that runs Holdfast: the one that runs now when it is new enough, else the one that npm brought as an optional
 * dependency for this platform.
 * @param {string} root
 * @param {{ version: string, execPath: string, platform: string, arch: string }} [current]
 * @returns {{ path: string, version: string }}
 */
function resolveNode(root, current = process) {
  const version = current.version.replace(/^v/, '');
  if (Number(version.split('.')[0]) >= requiredMajor) return { path: current.execPath, version };
  const isWindows = current.platform === 'win32';
  const executable = isWindows ? 'bin/node.exe' : 'bin/node';
  const name = `node-${isWindows ? 'win' : current.platform}-${current.arch}`;
  // Where Node looks for packages from here: ours, and those above us when Holdfast is itself an installed package.
  for (const modules of createRequire(path.join(root, 'package.json')).resolve.paths(name) ?? []) {
    const folder = path.join(modules, name);
    if (existsSync(path.join(folder, executable))) {
      return { path: path.join(folder, executable), version: readJson(path.join(folder, 'package.json')).version };
    }
  }
  throw new BootstrapFailure(
    `Node ${requiredMajor} or newer is needed; this is ${version}, and npm has no Node for ${current.platform}-${current.arch} in our dependencies. ` +
      'Install it (`nvm install 24`, `brew install node@24`, or https://nodejs.org) and run the command again.',
  );
}

module.exports = { resolveNode };
