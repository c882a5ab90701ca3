#!/usr/bin/env node
// The `holdfast` command: the CLI out of dist/, under the Node that Holdfast needs, whichever Node runs this file.
const { existsSync } = require('node:fs');
const path = require('node:path');
const { BootstrapFailure } = require('./bootstrap/failure.cjs');
const { launch, runMain } = require('./bootstrap/launch.cjs');
const { root } = require('./bootstrap/paths.cjs');

runMain(() => {
  const main = path.join(root, 'dist', 'cli', 'main.js');
  if (!existsSync(main))
    throw new BootstrapFailure(`${main} is missing: run \`node scripts/bootstrap.mjs\` in ${root}.`);
  launch([main, ...process.argv.slice(2)], { channel: true });
});
