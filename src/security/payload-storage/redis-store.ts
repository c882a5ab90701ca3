/** Payloads as values of one Redis, the journal's by default, since that one keeps what it acknowledged. */
import { Cluster, Redis } from 'ioredis';
import { parseRedisAddress } from '../../contracts/redis-address';
import { HoldfastError } from '../../errors/holdfast-error';
import type { PayloadStore } from './payload-store';

export interface RedisStoreOptions {
  readonly url: string;
  /** Put before every key. */
  readonly keyPrefix: string;
  /** How long a payload is kept after its last use, ms. */
  readonly ttlMs: number;
}

/** 64 MiB take a while on a slow network; an activity's or a workflow task's own timeout comes after it. */
const commandTimeoutMs = 8_000;

/** Connects with the first payload. Throws `Config.Invalid` for an address that is none. */
export function createRedisStore({ url, keyPrefix, ttlMs }: RedisStoreOptions): PayloadStore {
  const { redis, place } = openRedis(url);
  // Without a listener ioredis prints every failed connect; commands report the cause instead.
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => void (lastError = error)).on('ready', () => void (lastError = undefined));
  const nameOf = (key: string): string => `${keyPrefix}payload:${key}`;
  const run = async <T>(command: () => Promise<T>): Promise<T> => {
    try {
      return await command();
    } catch (error) {
      throw new Error(reasonOf(lastError ?? error), { cause: error });
    }
  };
  return {
    kind: 'redis',
    place,
    put: (key, bytes) =>
      run(async () => {
        if ((await redis.pexpire(nameOf(key), ttlMs)) === 1) return;
        await redis.set(nameOf(key), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'PX', ttlMs);
      }),
    get: (key) => run(async () => (await redis.getexBuffer(nameOf(key), 'PX', ttlMs)) ?? undefined),
    async check() {
      try {
        await run(() => redis.ping());
      } catch (error) {
        const told = reasonOf(error);
        const message = `HOLDFAST_PAYLOADS: ${place} does not answer: ${told}. Start it there or correct the address.`;
        throw new HoldfastError('Service.Unreachable', message, {}, { cause: error });
      }
    },
    close: () => redis.disconnect(),
  };
}

function openRedis(url: string): { readonly redis: Redis | Cluster; readonly place: string } {
  const address = parseRedisAddress(url, 'payloads');
  const options = {
    connectionName: 'holdfast-payloads',
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    disconnectTimeout: 200,
    maxRetriesPerRequest: 1,
  } as const;
  if (address.kind === 'server') {
    const { protocol, host } = new URL(address.url);
    return { redis: new Redis(address.url, { ...options, lazyConnect: true }), place: `${protocol}//${host}` };
  }
  const { nodes, isTls, username, password } = address;
  const redis = new Cluster([...nodes], {
    lazyConnect: true,
    // Certificates are for names: ioredis would look them up and ask for the address instead.
    ...(isTls && { dnsLookup: (host, answer) => answer(null, host) }),
    redisOptions: {
      ...options,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(isTls && { tls: {} }),
    },
  });
  return { redis, place: `the Redis cluster of ${nodes.map(({ host, port }) => `${host}:${port}`).join(', ')}` };
}

/** Node leaves the message of a failed dual-stack connect empty and puts the cause into `code`. */
function reasonOf(error: unknown): string {
  const { message, code } = (error ?? {}) as { message?: string; code?: string };
  return (message || code || String(error)).replace(/^Error: /, '');
}
