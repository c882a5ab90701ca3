/** A Redis connection of a backend service: opened with its first command, so that a client which needs none has none. */
import { Cluster, Redis } from 'ioredis';
import { parseRedisAddress } from '../contracts/redis-address';

/** As ioredis means them, ms. */
interface ClientRedisOptions {
  readonly disconnectTimeout: number;
  readonly commandTimeout?: number;
  readonly socketTimeout?: number;
  readonly autoResendUnfulfilledCommands?: boolean;
}

const reconnectCapMs = 1_000;

/** `role` is what it is for, in messages. Throws `Config.Invalid` for an address that is none; one where nobody answers is fine. */
export function openClientRedis(url: string, role: string, options: ClientRedisOptions): Redis | Cluster {
  const redis = connectionTo(url, role, options);
  // Without a listener ioredis prints every failed connect.
  redis.on('error', () => undefined);
  return redis;
}

function connectionTo(url: string, role: string, given: ClientRedisOptions): Redis | Cluster {
  const address = parseRedisAddress(url, role);
  const options = {
    connectionName: 'holdfast-client',
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    ...given,
  } as const;
  if (address.kind === 'server') {
    return new Redis(address.url, { ...options, lazyConnect: true, retryStrategy: reconnectDelayMs });
  }
  const { nodes, isTls, username, password } = address;
  return new Cluster([...nodes], {
    lazyConnect: true,
    clusterRetryStrategy: reconnectDelayMs,
    // Certificates are for names: ioredis would look them up and ask for the address instead.
    ...(isTls && { dnsLookup: (host, answer) => answer(null, host) }),
    redisOptions: {
      ...options,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(isTls && { tls: {} }),
    },
  });
}

function reconnectDelayMs(times: number): number {
  return Math.min(50 * 2 ** (times - 1), reconnectCapMs);
}
