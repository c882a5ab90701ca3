// Brings everything a clone needs into place and writes what it found to .holdfast/toolchain.json. Uses nothing but Node
// built-ins, runs under Node 20 or newer, and does nothing (one line, well under half a second) when all is there.
//
//   node scripts/bootstrap.mjs [--only dependencies,node,temporal,redis,dist] [--json]
import { constants } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './bootstrap/dependencies.cjs';
import { ensureDist } from './bootstrap/dist.cjs';
import { BootstrapFailure } from './bootstrap/failure.cjs';
import { resolveNode } from './bootstrap/node.cjs';
import { cacheDir, readJson, root, toolchainFile, writeJson } from './bootstrap/paths.cjs';
import { resolveRedis } from './bootstrap/redis.cjs';
import { createReporter } from './bootstrap/reporter.cjs';
import { resolveTemporal } from './bootstrap/temporal.cjs';

const partNames = ['dependencies', 'node', 'temporal', 'redis', 'dist'];
const oldestNode = 20;
const reporter = createReporter();

/** @typedef {(part: string) => boolean} Wants whether a part was asked for */

/** @returns {{ json: boolean | undefined, wants: Wants }} */
function readOptions() {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
  const parts = values.only?.split(',') ?? partNames;
  const unknown = parts.find((part) => !partNames.includes(part));
  if (unknown === undefined) return { json: values.json, wants: (part) => parts.includes(part) };
  throw new BootstrapFailure(`--only knows no part "${unknown}"; there are ${partNames.join(', ')}.`);
}

function refuseOldNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= oldestNode) return;
  throw new BootstrapFailure(
    `Node ${oldestNode} or newer is needed to begin with; this is ${process.versions.node}. Install Node 24 (https://nodejs.org).`,
  );
}

/** @param {Wants} wants */
async function bootstrap(wants) {
  const known = readJson(toolchainFile) ?? {};
  const found = { ...known };
  const cache = cacheDir();
  if (wants('dependencies')) await ensureDependencies({ root, reporter });
  if (wants('node')) found.node = resolveNode(root);
  if (wants('temporal')) {
    const moduleDir = path.join(root, 'tools', 'temporal-dev-server');
    found.temporal = await resolveTemporal({ cache, moduleDir, reporter, known: known.temporal });
  }
  if (wants('redis')) found.redis = await resolveRedis({ cache, reporter, known: known.redis?.server });
  writeJson(toolchainFile, found);
  if (wants('dist')) await ensureDist({ root, node: resolveNode(root).path, reporter });
  return found;
}

/** @param {Awaited<ReturnType<typeof bootstrap>>} found */
function summary({ node, temporal, redis }) {
  const parts = [
    node && `Node ${node.version}`,
    temporal && `Temporal server ${temporal.serverVersion} (${temporal.source})`,
    redis && (redis.fromUrl ? 'Redis at REDIS_URL' : `Redis ${redis.server.version}`),
  ];
  return `ready: ${parts.filter(Boolean).join(', ')}`;
}

// Exit handlers end what is still running and release the locks.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

try {
  refuseOldNode();
  const { json, wants } = readOptions();
  const found = await bootstrap(wants);
  reporter.say(summary(found));
  if (json) console.log(JSON.stringify(found));
} catch (error) {
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  console.error(isUsage || error instanceof BootstrapFailure ? `holdfast: ${error.message}` : error);
  process.exitCode = 1;
}
