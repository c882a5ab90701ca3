/** A primary and its replica, both ours, behind one address that follows whoever is the primary. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { HoldfastError } from '../../src/errors';
import { loopback, startOnPorts } from '../../src/stack';
import type { Stack, StackProcess } from '../../src/stack';
import type { MovedClock } from './moved-clock';
import { startTcpProxy } from './tcp-proxy';
import type { TcpProxy } from './tcp-proxy';

interface Server {
  readonly process: StackProcess;
  readonly port: number;
  /** Straight to the server, past the proxy. */
  readonly admin: Redis;
}

export interface RedisPairOptions {
  readonly stack: Stack;
  readonly binary: string;
  readonly directory: string;
  readonly clock: MovedClock | undefined;
}

const linkTimeoutMs = 10_000;
const linkPollMs = 50;
/** Written when replication is broken already. */
const lostKey = 'chaos-lost';

export class RedisPair {
  #started = 0;

  private constructor(
    private readonly options: RedisPairOptions,
    readonly proxy: TcpProxy,
    private primary: Server,
    private replica: Server,
  ) {}

  static async start(options: RedisPairOptions): Promise<RedisPair> {
    const primary = await startServer(options, 'redis-1');
    const replica = await startServer(options, 'redis-2');
    const pair = new RedisPair(options, await startTcpProxy(primary.port), primary, replica);
    pair.#started = 2;
    await pair.#follow();
    return pair;
  }

  /** What holders connect to. */
  get url(): string {
    return `redis://${loopback}:${this.proxy.port}`;
  }

  /** Commands straight to the primary. */
  get admin(): Redis {
    return this.primary.admin;
  }

  signalPrimary(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.primary.process.kill(signal);
  }

  /**
   * The replica takes over as it was when replication broke, `lostMs` before; a new replica follows it. True when what
   * was written meanwhile is really lost.
   */
  async failOver(lostMs: number): Promise<boolean> {
    const next = this.replica;
    await next.admin.replicaof('NO', 'ONE');
    await this.admin.set(lostKey, '1');
    await sleep(lostMs);
    await this.#replacePrimary(next);
    return (await next.admin.exists(lostKey)) === 0;
  }

  /** Nothing is left of the state; the replica forgets it too. */
  async restartEmpty(): Promise<void> {
    const { replica } = this;
    await this.#replacePrimary(await this.#next());
    await endServer(replica);
  }

  async close(): Promise<void> {
    this.primary.admin.disconnect();
    this.replica.admin.disconnect();
    await this.proxy.close();
  }

  async #replacePrimary(next: Server): Promise<void> {
    const { primary } = this;
    this.primary = next;
    await endServer(primary);
    this.proxy.pointTo(next.port);
    this.replica = await this.#next();
    await this.#follow();
  }

  #next(): Promise<Server> {
    this.#started += 1;
    return startServer(this.options, `redis-${this.#started}`);
  }

  async #follow(): Promise<void> {
    await this.replica.admin.replicaof(loopback, this.primary.port);
    const deadline = performance.now() + linkTimeoutMs;
    while (!(await this.replica.admin.info('replication')).includes('master_link_status:up')) {
      if (performance.now() > deadline) {
        throw new HoldfastError('Service.Unreachable', `the Redis replica does not follow within ${linkTimeoutMs} ms`);
      }
      await sleep(linkPollMs);
    }
  }
}

async function endServer({ admin, process }: Server): Promise<void> {
  admin.disconnect();
  process.kill('SIGKILL');
  await process.exited;
}

function startServer({ stack, binary, directory, clock }: RedisPairOptions, name: string): Promise<Server> {
  const dir = join(directory, name);
  mkdirSync(dir);
  const start = async ([port = 0]: readonly number[]): Promise<Server> => {
    const admin = new Redis({ port, host: loopback, lazyConnect: true, retryStrategy: () => null });
    admin.on('error', () => undefined);
    const process = await stack.start({
      name,
      command: binary,
      args: argumentsOf({ port: String(port), bind: loopback, dir }),
      env: { PATH: globalThis.process.env['PATH'], ...clock?.environment },
      logFile: join(directory, `${name}.log`),
      isReady: async ({ pid }) => {
        if (admin.status !== 'ready') await admin.connect();
        return (await admin.info('server')).includes(`process_id:${pid}\r\n`);
      },
      readyTimeoutMs: 10_000,
    });
    return { process, port, admin };
  };
  return startOnPorts([{ name, preferred: 0 }], start);
}

/** In memory only: what a restart brings back is nothing. The replica has the whole state within milliseconds. */
function argumentsOf(own: Readonly<Record<string, string>>): string[] {
  const settings = { ...own, save: '', appendonly: 'no', 'repl-diskless-sync-delay': '0' };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
