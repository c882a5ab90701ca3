/** Payloads as values of one Redis, the journal's by default, since that one keeps what it acknowledged. */
import { Cluster, Redis } from 'ioredis';
import { parseRedisAddress } from '../../contracts/redis-address';
import { HoldfastError } from '../../errors/holdfast-error';
import type { KeptPayloadStore, StoredPayload } from './payload-store';

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
export function createRedisStore({ url, keyPrefix, ttlMs }: RedisStoreOptions): KeptPayloadStore {
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
    list: () => listKeys(redis, `${keyPrefix}payload:`),
    peek: (key) => run(async () => (await redis.getBuffer(nameOf(key))) ?? undefined),
    removeUnused: (key, unusedSinceMs) =>
      run(async () => {
        const idleSeconds = Math.max(0, Math.ceil((Date.now() - unusedSinceMs) / 1_000));
        return (await redis.eval(removeIdle, 1, nameOf(key), idleSeconds)) === 1;
      }),
    close: () => redis.disconnect(),
  };
}

/** By what Redis itself knows of the last use: a time to live says little once its setting has changed. */
const removeIdle = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('OBJECT', 'IDLETIME', KEYS[1]) < tonumber(ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])`;

async function* listKeys(redis: Redis | Cluster, prefix: string): AsyncGenerator<StoredPayload> {
  if (redis instanceof Cluster) await redis.ping();
  const match = `${prefix.replaceAll(/[*?[\]\\]/g, '\\$&')}*`;
  for (const node of redis instanceof Cluster ? redis.nodes('master') : [redis]) {
    for await (const names of node.scanStream({ match, count: 500 }) as AsyncIterable<string[]>) {
      for (const name of names) {
        const idleSeconds = await redis.object('IDLETIME', name);
        // Without reading it, which would be a use. Near the size of the payload.
        const bytes = await redis.memory('USAGE', name);
        if (typeof idleSeconds !== 'number' || bytes === null) continue;
        yield { key: name.slice(prefix.length), bytes, usedAtMs: Date.now() - idleSeconds * 1_000 };
      }
    }
  }
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
