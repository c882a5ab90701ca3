/** The connection the capacity store and the journal are given: no command waits on Redis, none runs twice. */
import type { EventEmitter } from 'node:events';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisAddress, type RedisAddress } from '../contracts/redis-address';
import { HoldfastError } from '../errors';

/** Longest time one command may take. */
export const commandTimeoutMs = 200;

const connectTimeoutMs = 2_000;
/** A socket that answers nothing for this long is replaced; without it a vanished host is noticed after minutes. */
const silentSocketMs = 2_000;
const reconnectCapMs = 1_000;
/** While a slot moves, keys of one call may be on either side for a moment. */
const retryWhileSlotMovesMs = 20;
const defaultStartupTimeoutMs = 5_000;

/** One server, or a cluster: both take the same commands, and a script runs on the node that has its keys. */
export type RedisConnection = Redis | Cluster;

export interface RedisConnectionOptions {
  /** What the connection is for, e.g. `capacity` or `journal`: its name in CLIENT LIST and in messages. */
  readonly role: string;
  /** How long to wait for the first answer, as Redis may be starting too. Default 5,000. */
  readonly startupTimeoutMs?: number;
}

const lastErrors = new WeakMap<object, Error>();
/** Of clusters, whose client knows only the nodes it reaches. */
const clusterAddresses = new WeakMap<object, string>();

/**
 * Opens a connection and answers it once Redis has answered: `url` is `redis://[user:password@]host[:port][/db]` or
 * `rediss://…`, or `redis-cluster://[user:password@]host[:port],host[:port]` or `rediss-cluster://…` with some nodes of a
 * cluster. From then on it keeps reconnecting until it is closed, and while it is down commands fail at once.
 * Not for blocking commands. Throws `Config.Invalid` when the URL is none or names a server for a cluster or the other
 * way round, `Service.Unreachable` when nobody answers there in time or the credentials are refused.
 */
export async function createRedisConnection(url: string, options: RedisConnectionOptions): Promise<RedisConnection> {
  const { role, startupTimeoutMs = defaultStartupTimeoutMs } = options;
  const address = parseRedisAddress(url, role);
  const redis = address.kind === 'cluster' ? openCluster(address, role) : openServer(address.url, role);
  await firstAnswer(redis, { role, startupTimeoutMs });
  if (redis instanceof Redis) await refuseClusterNode(redis, role);
  return redis;
}

function optionsOf(role: string) {
  return {
    connectionName: `holdfast-${role}`,
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    disconnectTimeout: commandTimeoutMs,
    socketTimeout: silentSocketMs,
    // A command whose reply was lost may have run: sent again by the client, it would run twice.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    // After a failover the old primary answers as a replica until the connection is opened anew.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } as const satisfies RedisOptions;
}

function reconnectDelayMs(times: number): number {
  return Math.min(50 * 2 ** (times - 1), reconnectCapMs) * (0.5 + Math.random() / 2);
}

function openServer(url: string, role: string): Redis {
  const redis = new Redis(url, { ...optionsOf(role), enableOfflineQueue: false, retryStrategy: reconnectDelayMs });
  // Without a listener ioredis prints every failed reconnect; commands report the cause instead.
  redis.on('error', (error: Error) => lastErrors.set(redis, error));
  redis.on('ready', () => lastErrors.delete(redis));
  return redis;
}

/**
 * A node that is lost is dropped, and the next command asks another node who has its slot now: so a failover is followed
 * without waiting for a timer. Nothing is sent again by the client except to the node that a slot has moved to.
 */
function openCluster(address: Extract<RedisAddress, { kind: 'cluster' }>, role: string): Cluster {
  const { nodes, isTls, username, password } = address;
  const cluster = new Cluster([...nodes], {
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelayMs,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: retryWhileSlotMovesMs,
    // Certificates are for names: ioredis would look them up and ask for the address instead.
    ...(isTls && { dnsLookup: (host, answer) => answer(null, host) }),
    redisOptions: {
      ...optionsOf(role),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(isTls && { tls: {} }),
    },
  });
  const scheme = isTls ? 'rediss-cluster' : 'redis-cluster';
  clusterAddresses.set(cluster, `${scheme}://${nodes.map(({ host, port }) => `${host}:${port}`).join(',')}`);
  const keep = (error: Error & { lastNodeError?: Error }): unknown =>
    lastErrors.set(cluster, error.lastNodeError ?? error);
  cluster.on('error', keep).on('node error', keep);
  cluster.on('+node', (node: Redis) => {
    node.once('ready', () => lastErrors.delete(cluster));
    // ioredis connects with the first command and refuses the second one until then. A command that waits for this very
    // node is sent before the next turn of the event loop and connects by itself.
    setImmediate(() => void (isIdlePrimary(node) && node.connect().catch(() => undefined)));
  });
  return cluster;
}

function isIdlePrimary({ status, options }: Redis): boolean {
  return status === 'wait' && options.readOnly !== true;
}

/** A refused connection may only mean that Redis is starting too; refused credentials will not change. */
async function firstAnswer(
  redis: RedisConnection,
  { role, startupTimeoutMs }: Required<RedisConnectionOptions>,
): Promise<void> {
  const events: EventEmitter = redis;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), startupTimeoutMs);
  });
  const isReady = new Promise<boolean>((resolve) => {
    const giveUp = (error: Error): unknown => isFinal(error) && resolve(false);
    events.once('ready', () => resolve(true));
    events.on('error', giveUp).on('node error', giveUp);
  }).then((ready) => {
    if (ready && !(redis instanceof Redis)) return allPrimariesReady(redis);
    return ready;
  });
  const answers = await Promise.race([isReady, late]);
  clearTimeout(timer);
  if (answers) return;
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

/** One that cannot be reached is not waited for: the calls whose slots it has fail, the others go on. */
async function allPrimariesReady(cluster: Cluster): Promise<true> {
  const nodes = cluster.nodes('master').filter(({ status }) => status !== 'ready');
  await Promise.all(
    nodes.map((node) => new Promise<void>((resolve) => void node.once('ready', resolve).once('end', resolve))),
  );
  return true;
}

function isFinal(error: Error & { lastNodeError?: Error }): boolean {
  const { message } = error.lastNodeError ?? error;
  return /^(WRONGPASS|NOAUTH|NOPERM)|cluster support disabled/.test(message);
}

/** Most commands would be refused by a single node of a cluster, and that only once there is work. */
async function refuseClusterNode(redis: Redis, role: string): Promise<void> {
  // Not everybody may ask, and not every service tells.
  const told = await redis.info('cluster').catch(() => '');
  if (!/^cluster_enabled:1/m.test(told)) return;
  redis.disconnect();
  const { host, port } = redis.options;
  throw new HoldfastError(
    'Config.Invalid',
    `The Redis address for ${role}, ${redisAddressOf(redis)}, is a node of a Redis Cluster: write redis-cluster://${host}:${port}.`,
  );
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
export function redisAddressOf(redis: RedisConnection): string {
  const cluster = clusterAddresses.get(redis);
  if (cluster !== undefined) return cluster;
  if ('nodes' in redis) return `cluster with ${redis.nodes().length} known nodes`;
  const { host, port, path, tls } = redis.options;
  return path ? `unix:${path}` : `${tls ? 'rediss' : 'redis'}://${host}:${port}`;
}
