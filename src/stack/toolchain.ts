import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../errors';

/** What the bootstrap found on this machine. */
export interface Toolchain {
  /** Node executable, version 24 or newer. */
  readonly node: string;
  /** Temporal CLI. */
  readonly temporal: string;
  /** Version of the server inside it, e.g. `1.32.0`. */
  readonly temporalServerVersion: string;
  /** redis-server or valkey-server. Absent only when `redisUrl` is given and there is no such binary. */
  readonly redisServer?: string;
  /** REDIS_URL: a Redis to use in place of one of our own. It may hold a password and so stands in no file. */
  readonly redisUrl?: string;
}

interface ToolchainFile {
  readonly node?: { readonly path: string };
  readonly temporal?: { readonly path: string; readonly serverVersion: string };
  readonly redis?: { readonly fromUrl: boolean; readonly server?: { readonly path: string } };
}

/**
 * @param root the clone
 * @throws Config.Invalid when the bootstrap has not run, or something it found is gone
 */
export function readToolchain(root: string, environment: NodeJS.ProcessEnv = process.env): Toolchain {
  const file = join(root, '.holdfast', 'toolchain.json');
  const { node, temporal, redis } = parse(file);
  const redisUrl = environment['REDIS_URL'] || undefined;
  const redisServer = redis?.server?.path;
  const isComplete = node && temporal && (redisServer ?? redisUrl) !== undefined;
  const missing = [node?.path, temporal?.path, redisServer].find((path) => path !== undefined && !existsSync(path));
  if (missing !== undefined) throw invalid(file, `names ${missing}, which does not exist any more`);
  if (!isComplete) throw invalid(file, 'is missing or incomplete');
  return {
    node: node.path,
    temporal: temporal.path,
    temporalServerVersion: temporal.serverVersion,
    ...(redisServer !== undefined && { redisServer }),
    ...(redisUrl !== undefined && { redisUrl }),
  };
}

function parse(file: string): ToolchainFile {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ToolchainFile;
  } catch {
    return {};
  }
}

function invalid(file: string, what: string): HoldfastError {
  return new HoldfastError(
    'Config.Invalid',
    `${file} ${what}: run \`npm start\` or \`npm test\`, or \`node scripts/bootstrap.mjs\` by itself.`,
  );
}
