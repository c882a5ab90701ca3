/** Redis servers of a test's own, to be killed, hung and resharded; the shared one is never touched. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createStack, readToolchain, startOnPorts } from '../../../src/stack';
import type { Stack, StackProcess } from '../../../src/stack';

export interface OwnRedis {
  readonly url: string;
  readonly port: number;
  /** A plain client for the test's own commands. */
  readonly admin: Redis;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** A new, empty one on the same port. */
  restart(): Promise<void>;
}

export interface OwnServers {
  start(settings?: Readonly<Record<string, string>>): Promise<OwnRedis>;
  /** Three empty nodes that share the slots. */
  startCluster(): Promise<readonly [OwnRedis, OwnRedis, OwnRedis]>;
  stop(): Promise<void>;
}

const root = resolve(__dirname, '..', '..', '..');
const slots = 16_384;
/** The nodes of a cluster talk on their port + 10,000, which has to be a port as well. */
const firstClusterPort = 21_000;
const clusterPorts = 30_000;

/** Nothing that was started here outlives the process, however that ends. */
export async function openOwnServers(): Promise<OwnServers> {
  const { redisServer } = readToolchain(root);
  if (redisServer === undefined) throw new Error('These tests need a redis-server or valkey-server binary.');
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  const stack = await createStack({ guardGraceMs: 500 });
  const admins: Redis[] = [];

  async function start(settings: Readonly<Record<string, string>> = {}, preferred = 0): Promise<OwnRedis> {
    const launch = (port: number): Promise<StackProcess> =>
      run({ stack, redisServer: redisServer as string, dir, port, settings });
    return startOnPorts([{ name: 'Redis', preferred }], async ([port = 0]) => {
      let server = await launch(port);
      const admin = new Redis(port, { retryStrategy: () => 20 });
      // It is meant to lose its server.
      admin.on('error', () => undefined);
      admins.push(admin);
      return {
        url: `redis://127.0.0.1:${port}`,
        port,
        admin,
        kill: async () => {
          server.kill('SIGKILL');
          await server.exited;
        },
        restart: async () => {
          server = await launch(port);
        },
      };
    });
  }

  return {
    start,
    startCluster: async () => {
      const nodes: OwnRedis[] = [];
      for (let i = 0; i < 3; i++) {
        const from = firstClusterPort + Math.floor(Math.random() * clusterPorts);
        nodes.push(
          await start(
            { 'cluster-enabled': 'yes', 'cluster-node-timeout': '1000', 'cluster-require-full-coverage': 'no' },
            from,
          ),
        );
      }
      await joinCluster(nodes);
      return nodes as [OwnRedis, OwnRedis, OwnRedis];
    },
    stop: async () => {
      for (const admin of admins) admin.disconnect();
      await stack.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Launch {
  readonly stack: Stack;
  readonly redisServer: string;
  readonly dir: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

function run({ stack, redisServer, dir, port, settings }: Launch): Promise<StackProcess> {
  const all: Record<string, string> = {
    port: String(port),
    bind: '127.0.0.1',
    dir,
    save: '',
    'cluster-config-file': `nodes-${port}.conf`,
    // A replica is served from memory at once instead of after five seconds.
    'repl-diskless-sync-delay': '0',
    ...settings,
  };
  return stack.start({
    name: 'Redis',
    command: redisServer,
    args: Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]),
    env: {},
    logFile: join(dir, `redis-${port}.log`),
    readyLine: /Ready to accept connections/,
    graceMs: 500,
  });
}

async function joinCluster(nodes: readonly OwnRedis[]): Promise<void> {
  const [first] = nodes as [OwnRedis];
  const share = Math.ceil(slots / nodes.length);
  for (const [i, { admin }] of nodes.entries()) {
    const from = i * share;
    await admin.cluster('ADDSLOTSRANGE', from, Math.min(from + share, slots) - 1);
    await admin.cluster('SET-CONFIG-EPOCH', i + 1);
    if (i > 0) await admin.cluster('MEET', '127.0.0.1', first.port);
  }
  await until(async () => {
    const told = await Promise.all(nodes.map(({ admin }) => admin.cluster('INFO')));
    return told.every(
      (text) => text.includes('cluster_state:ok') && text.includes(`cluster_known_nodes:${nodes.length}`),
    );
  });
}

/** Asks every 5 ms until the answer is true. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}
