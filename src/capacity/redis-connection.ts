/** The connection the capacity store and the journal are given: no command waits on Redis, none runs twice. */
import { Redis, type Cluster } from 'ioredis';
import { HoldfastError } from '../errors';

/** Longest time one command may take. */
export const commandTimeoutMs = 200;

const connectTimeoutMs = 2_000;
/** A socket that answers nothing for this long is replaced; without it a vanished host is noticed after minutes. */
const silentSocketMs = 2_000;
const reconnectCapMs = 1_000;
const defaultStartupTimeoutMs = 5_000;

export interface RedisConnectionOptions {
  /** What the connection is for, e.g. `capacity` or `journal`: its name in CLIENT LIST and in messages. */
  readonly role: string;
  /** How long to wait for the first answer, as Redis may be starting too. Default 5,000. */
  readonly startupTimeoutMs?: number;
}

const lastErrors = new WeakMap<object, Error>();

/**
 * Opens a connection and answers it once Redis has answered: `url` is `redis://[user:password@]host[:port][/db]` or
 * `rediss://…`. From then on it keeps reconnecting until it is closed, and while it is down commands fail at once.
 * Not for blocking commands. Throws `Config.Invalid` when the URL is none, `Service.Unreachable` when nobody answers
 * there in time or the credentials are refused.
 */
export async function createRedisConnection(url: string, options: RedisConnectionOptions): Promise<Redis> {
  const { role, startupTimeoutMs = defaultStartupTimeoutMs } = options;
  checkUrl(url, role);
  const redis = new Redis(url, {
    connectionName: `holdfast-${role}`,
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    disconnectTimeout: commandTimeoutMs,
    socketTimeout: silentSocketMs,
    // A command whose reply was lost may have run: sent again by the client, it would run twice.
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(50 * 2 ** (times - 1), reconnectCapMs) * (0.5 + Math.random() / 2),
    // After a failover the old primary answers as a replica until the connection is opened anew.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  // Without a listener ioredis prints every failed reconnect; commands report the cause instead.
  redis.on('error', (error: Error) => lastErrors.set(redis, error));
  redis.on('ready', () => lastErrors.delete(redis));
  await firstAnswer(redis, { role, startupTimeoutMs });
  return redis;
}

/** A refused connection may only mean that Redis is starting too; refused credentials will not change. */
async function firstAnswer(redis: Redis, { role, startupTimeoutMs }: Required<RedisConnectionOptions>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const isReady = await new Promise<boolean>((resolve) => {
    redis.once('ready', () => resolve(true));
    redis.on('error', (error: Error) => isAccessDenied(error) && resolve(false));
    timer = setTimeout(() => resolve(false), startupTimeoutMs);
  });
  clearTimeout(timer);
  if (isReady) return;
  redis.disconnect();
  const cause = connectionErrorOf(redis);
  throw new HoldfastError(
    'Service.Unreachable',
    `Redis for ${role} does not answer at ${redisAddressOf(redis)}: ${errorText(cause ?? 'no connection')}. ` +
      'Start it there or correct the address.',
    {},
    { cause },
  );
}

function isAccessDenied(error: Error): boolean {
  return /^(WRONGPASS|NOAUTH|NOPERM)/.test(error.message);
}

/** An error's text as a clause. Node leaves the message of a failed dual-stack connect empty and puts it into `code`. */
export function errorText(error: unknown): string {
  const { message, code } = (error ?? {}) as { message?: string; code?: string };
  return (message || code || String(error)).replace(/\.+$/, '');
}

/** Why a connection made here is down; undefined while it is up. */
export function connectionErrorOf(redis: object): Error | undefined {
  return lastErrors.get(redis);
}

/** Where a client connects to, for messages: never with user or password. */
export function redisAddressOf(redis: Redis | Cluster): string {
  if ('nodes' in redis) return `cluster with ${redis.nodes().length} known nodes`;
  const { host, port, path, tls } = redis.options;
  return path ? `unix:${path}` : `${tls ? 'rediss' : 'redis'}://${host}:${port}`;
}

function checkUrl(url: string, role: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.hostname && ['redis:', 'rediss:'].includes(parsed.protocol)) return;
  // The value itself may hold a password and is not repeated unless it is certain that it does not.
  const received = url.includes('@') ? 'an address with credentials' : `"${url}"`;
  throw new HoldfastError(
    'Config.Invalid',
    `The Redis address for ${role} is ${received}; it must look like redis://host:6379 or rediss://user:password@host:6379.`,
  );
}
