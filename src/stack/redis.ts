import { mkdirSync } from 'node:fs';
import { bareEnvironment } from './environment';
import { loopback } from './ports';
import type { StackProcess } from './process';
import { askRedis } from './resp';
import type { Stack } from './stack';
import { startOnPorts } from './start-on-port';
import type { PortMove } from './start-on-port';

/** Not 6379: what runs there belongs to somebody else. */
export const defaultRedisPort = 6390;

export interface RedisOptions {
  /** redis-server or valkey-server. */
  readonly binary: string;
  /** Tried first, then the ones that follow; 0 = any free one. Default 6390. */
  readonly port?: number;
  /** Folder of the append-only file; made when missing. Nobody else may use it. */
  readonly dir: string;
  readonly logFile: string;
  readonly onPortMoved?: (move: PortMove) => void;
  /** Default 60,000. */
  readonly readyTimeoutMs?: number;
}

export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  readonly process: StackProcess;
}

/**
 * Starts Redis as the journal needs it: every write is on disk before it is acknowledged, nothing is ever evicted.
 * Capacity shares it in the embedded mode. Loopback only.
 * @throws Service.Unreachable
 */
export async function startRedis(stack: Stack, options: RedisOptions): Promise<RunningRedis> {
  const { binary, port: preferred = defaultRedisPort, dir, logFile, onPortMoved, readyTimeoutMs } = options;
  mkdirSync(dir, { recursive: true });
  const start = async ([port = 0]: readonly number[]): Promise<RunningRedis> => {
    const process = await stack.start({
      name: 'Redis',
      command: binary,
      args: redisArguments(port, dir),
      env: bareEnvironment(),
      logFile,
      // A stranger's Redis that took the port a moment earlier would answer PING as well.
      isReady: async ({ pid }) => {
        const isUp = (await askRedis(port, loopback, ['PING'])) === 'PONG';
        return isUp && (await askRedis(port, loopback, ['INFO', 'server'])).includes(`process_id:${pid}\r\n`);
      },
      ...(readyTimeoutMs !== undefined && { readyTimeoutMs }),
    });
    return { url: `redis://${loopback}:${port}`, port, process };
  };
  return startOnPorts([{ name: 'Redis', preferred }], start, onPortMoved);
}

function redisArguments(port: number, dir: string): string[] {
  const settings: Record<string, string> = {
    port: String(port),
    bind: loopback,
    dir,
    daemonize: 'no',
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
