/** Reads a Redis address, for workers and clients alike: one server, or some nodes of a cluster, which tell of the others. */
import { HoldfastError } from '../errors';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly RedisNode[];
      readonly isTls: boolean;
      readonly username?: string;
      readonly password?: string;
    };

const clusterForm = /^(redis|rediss)-cluster:\/\/(?:(.*)@)?([^@/]+)(\/.*)?$/;
const defaultPort = 6379;

/**
 * Takes `redis://[user:password@]host[:port][/db]`, `rediss://…`, or `redis-cluster://[user:password@]host[:port],…` and
 * `rediss-cluster://…`. Throws `Config.Invalid` for anything else, without repeating what may be a password.
 */
export function parseRedisAddress(url: string, role: string): RedisAddress {
  const cluster = clusterForm.exec(url);
  if (cluster !== null) return parseCluster(cluster, { url, role });
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isServer = parsed?.hostname && ['redis:', 'rediss:'].includes(parsed.protocol) && loginOf(parsed) !== undefined;
  if (isServer) return { kind: 'server', url };
  throw invalid(url, role);
}

function parseCluster(form: RegExpExecArray, from: { readonly url: string; readonly role: string }): RedisAddress {
  const [, scheme, credentials = '', hosts = '', path = ''] = form;
  const nodes = hosts.split(',').map(parseNode);
  // By the URL parser, so that a login is written here as it is in redis://.
  const carrier = `redis://${credentials}@host`;
  const login = URL.canParse(carrier) ? loginOf(new URL(carrier)) : undefined;
  if (nodes.includes(undefined) || login === undefined) throw invalid(from.url, from.role);
  if (!['', '/', '/0'].includes(path)) {
    const message = `The Redis address for ${from.role} names database ${path.slice(1)}, but a cluster has only database 0: leave it out.`;
    throw new HoldfastError('Config.Invalid', message);
  }
  return { kind: 'cluster', nodes: nodes as RedisNode[], isTls: scheme === 'rediss', ...login };
}

/** Undefined for a stray percent sign. */
function loginOf({ username, password }: URL): { username?: string; password?: string } | undefined {
  try {
    return {
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
    };
  } catch {
    return undefined;
  }
}

function parseNode(text: string): RedisNode | undefined {
  const url = `redis://${text}`;
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  if (hostname === '') return undefined;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) };
}

function invalid(url: string, role: string): HoldfastError {
  // The value itself may hold a password and is not repeated unless it is certain that it does not.
  const received = url.includes('@') ? 'an address with credentials' : `"${url}"`;
  return new HoldfastError(
    'Config.Invalid',
    `The Redis address for ${role} is ${received}; it must look like redis://host:6379, ` +
      'rediss://user:password@host:6379 or redis-cluster://host:6379,host:6379.',
  );
}
