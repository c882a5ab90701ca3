/** The capacity store on Redis: each operation is one Lua script, atomic over all candidates (see scripts/). */
import type { Cluster, Redis } from 'ioredis';
import type {
  CapacityCandidate,
  ConfirmAnswer,
  LimitChange,
  PoolReading,
  Reservation,
  ReserveAnswer,
  ReserveRequest,
  Settlement,
} from '../contracts/capacity';
import type { CapacitySettings } from '../contracts/settings';
import { HoldfastError } from '../errors';
import { admissibleCandidates, checkLimits, checkSettlement } from './check-request';
import { capacityKeys, type CapacityKeys } from './keys';
import { LimitsInForce } from './limits-in-force';
import { poolReadingOf } from './pool-reading';
import { callArgument, candidatesArgument, settingsArgument, settlementArguments } from './script-arguments';
import { createScriptRunner, operationDeadline, type RunScript } from './script-runner';
import type { Operation } from './script-source';
import type { CapacityStore } from './store';

export interface RedisCapacityStoreOptions {
  /** From `createRedisConnection`, or a cluster client with the same options. The store does not close it. */
  readonly redis: Redis | Cluster;
  /** Put before every key as it is, e.g. `holdfast:`. Must not contain braces. */
  readonly keyPrefix: string;
  readonly capacity: CapacitySettings;
  /**
   * Pool → group of pools that live in one slot, from `poolGroupsOf`. Default: all pools share one, which is always
   * correct and only does not spread over a cluster.
   */
  readonly groupOfPool?: (pool: string) => string;
  /** Told when limits of this process are not the ones in force. Default: nobody is. */
  readonly warn?: (text: string) => void;
  /** Clock in ms for tests instead of the one of Redis; refused without `allowTestClock`. */
  readonly now?: () => number;
  readonly allowTestClock?: true;
}

/** Throws `Config.Invalid` for options that cannot work. Opens nothing: the first operation is the first contact. */
export function createRedisCapacityStore(options: RedisCapacityStoreOptions): CapacityStore {
  checkOptions(options);
  return new RedisCapacityStore(options);
}

type Reply = readonly unknown[];
type Claim = Pick<Reservation, 'rid' | 'pool'>;

interface Call {
  readonly pool: string;
  /** Absent where no reservation is touched. */
  readonly rid?: string;
  readonly args: readonly (string | number | Buffer)[];
  /** See `ScriptCall`: set where an operation takes more than one script. */
  readonly deadlineMs?: number;
}

class RedisCapacityStore implements CapacityStore {
  readonly #options: RedisCapacityStoreOptions;
  readonly #run: RunScript;
  readonly #settings: (nowMs: number) => Buffer;
  readonly #limits: LimitsInForce;
  readonly #keys = new Map<string, CapacityKeys>();
  /** Tag → epoch of the state this process last saw. Shown with each call, it uncovers a state that was lost. */
  readonly #epochs = new Map<string, string>();

  constructor(options: RedisCapacityStoreOptions) {
    this.#options = options;
    this.#run = createScriptRunner(options.redis);
    this.#settings = settingsArgument(options.capacity);
    const { limitsVersion, jitterMs } = options.capacity;
    this.#limits = new LimitsInForce({ version: limitsVersion, jitterMs, warn: options.warn ?? (() => undefined) });
  }

  async reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    try {
      return await this.#reserveOn(request, admissibleCandidates(request));
    } catch (error) {
      const isTooLarge = error instanceof HoldfastError && error.type === 'Capacity.RequestTooLarge';
      if (!isTooLarge) throw error;
      // The limits in force may be higher than those of the config: theirs is the last word.
      return this.#reserveOn(request, request.candidates).catch(() => {
        throw error;
      });
    }
  }

  async #reserveOn(request: ReserveRequest, candidates: readonly CapacityCandidate[]): Promise<ReserveAnswer> {
    const deadlineMs = operationDeadline();
    await this.#configure(request.pool, candidates, deadlineMs);
    let reply = await this.#reserve(request, candidates, deadlineMs);
    if (reply[0] === 'unconfigured') {
      // The state was lost since.
      this.#limits.forget(this.#tagOf(request.pool));
      await this.#configure(request.pool, candidates, deadlineMs);
      reply = await this.#reserve(request, candidates, deadlineMs);
    }
    return reserveAnswerOf(request, reply);
  }

  async confirm({ rid, pool, endpoint, quotaGroup }: Reservation): Promise<ConfirmAnswer> {
    const args = [this.#packedSettings(), endpoint, quotaGroup, pool];
    const [code, , startInMs, leaseMs] = await this.#call('confirm', { pool, rid, args });
    if (code === 'spent') return { kind: 'spent' };
    return { kind: 'confirmed', startInMs: startInMs as number, leaseMs: leaseMs as number };
  }

  async renew({ rid, pool, leaseMs, endpoint, quotaGroup }: Reservation): Promise<boolean> {
    const [code] = await this.#call('renew', { pool, rid, args: [leaseMs, endpoint, quotaGroup] });
    return code === 'renewed';
  }

  async settle(settlement: Settlement): Promise<void> {
    checkSettlement(settlement);
    const { rid, pool, endpoint, quotaGroup } = settlement;
    const args = [this.#packedSettings(), endpoint, quotaGroup, ...settlementArguments(settlement)];
    await this.#call('settle', { pool, rid, args });
  }

  async release({ rid, pool }: Claim): Promise<void> {
    await this.#call('release', { pool, rid, args: [this.#packedSettings(), pool] });
  }

  async setLimits({ pool, quotaGroup, limits }: LimitChange): Promise<number> {
    checkLimits({ endpoint: quotaGroup, limits });
    const args = this.#limits.changeArguments(quotaGroup, limits);
    const [, , , version] = await this.#call('configure', { pool, args });
    return Number(version);
  }

  async inspect(
    pool: string,
    endpoints: readonly Pick<CapacityCandidate, 'endpoint' | 'quotaGroup' | 'limits'>[],
  ): Promise<PoolReading> {
    const names = endpoints.flatMap(({ endpoint, quotaGroup }) => [endpoint, quotaGroup]);
    const [, , ...rows] = await this.#call('inspect', { pool, args: [this.#packedSettings(), pool, ...names] });
    return poolReadingOf(pool, endpoints, rows as string[]);
  }

  async #reserve(
    request: ReserveRequest,
    candidates: readonly CapacityCandidate[],
    deadlineMs: number,
  ): Promise<Reply> {
    const { rid, pool, tenant } = request;
    const args = [
      pool,
      tenant,
      this.#packedSettings(),
      callArgument(request, this.#options.capacity),
      candidatesArgument(candidates),
      ...candidates.flatMap(({ endpoint, quotaGroup }) => [endpoint, quotaGroup]),
    ];
    return this.#call('reserve', { pool, rid, args, deadlineMs });
  }

  /** Puts the limits of a process in force when it first uses them, and whenever they are others than before. */
  async #configure(pool: string, candidates: readonly CapacityCandidate[], deadlineMs: number): Promise<void> {
    const tag = this.#tagOf(pool);
    const unknown = this.#limits.unknownIn(tag, candidates);
    if (unknown.length === 0) return;
    const [, , ...outcomes] = await this.#call('configure', {
      pool,
      args: this.#limits.argumentsOf(unknown),
      deadlineMs,
    });
    this.#limits.note(tag, unknown, outcomes);
  }

  /** Every script starts with the clock, what this process knows of the state, and the reservation. */
  async #call(operation: Operation, { pool, rid, args, deadlineMs }: Call): Promise<Reply> {
    const tag = this.#tagOf(pool);
    const keys = this.#keysOf(tag);
    const now = this.#options.now === undefined ? '' : Math.floor(this.#options.now());
    const reply = await this.#run({
      operation,
      keys: rid === undefined ? [keys.state] : [keys.state, keys.reservation(rid)],
      args: [now, this.#epochs.get(tag) ?? '', ...(rid === undefined ? [] : [rid]), ...args],
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
    this.#epochs.set(tag, String(reply[1]));
    return reply;
  }

  #packedSettings(): Buffer {
    return this.#settings(this.#options.now?.() ?? Date.now());
  }

  #tagOf(pool: string): string {
    return this.#options.groupOfPool?.(pool) ?? 'capacity';
  }

  #keysOf(tag: string): CapacityKeys {
    const keys = this.#keys.get(tag) ?? capacityKeys(this.#options.keyPrefix, tag);
    this.#keys.set(tag, keys);
    return keys;
  }
}

function reserveAnswerOf(request: ReserveRequest, [code, , ...rest]: Reply): ReserveAnswer {
  switch (code) {
    case 'granted':
      return { kind: 'granted', reservation: reservationOf(request, rest) };
    case 'wait': {
      const [retryInMs, blockedBy, endpoint] = rest as [number, string, string];
      return { kind: 'wait', retryInMs, blockedBy: `${blockedBy} on ${endpoint}` };
    }
    case 'overloaded': {
      const [expectedMs, waiting] = rest as [number, number];
      return { kind: 'overloaded', expectedMs, waiting };
    }
    case 'spent':
    case 'retryBudgetSpent':
      return { kind: code };
    case 'tooLarge': {
      const { rid, pool } = request;
      const [endpoint, dimension] = rest as [string, string];
      const message =
        `No endpoint of pool "${pool}" can ever admit ${rid} under the limits in force (${dimension} of ${endpoint}), ` +
        'which are lower than those of the config. Raise them or send less.';
      throw new HoldfastError('Capacity.RequestTooLarge', message, { pool });
    }
    default:
      throw new HoldfastError('Llm.Internal', `The capacity script answered ${String(code)}. Report it.`);
  }
}

function reservationOf({ rid, pool }: ReserveRequest, reply: Reply): Reservation {
  const [endpoint, quotaGroup, startAt, startInMs, leaseMs, blockedBy] = reply as [
    string,
    string,
    number,
    number,
    number,
    string,
  ];
  const delay = blockedBy === '' ? {} : { blockedBy: `${blockedBy} on ${endpoint}` };
  return { rid, pool, endpoint, quotaGroup, startAt, startInMs, leaseMs, ...delay };
}

function checkOptions({ keyPrefix, now, allowTestClock }: RedisCapacityStoreOptions): void {
  if (/[{}]/.test(keyPrefix)) {
    throw new HoldfastError('Config.Invalid', `The key prefix "${keyPrefix}" contains a brace: leave braces out.`);
  }
  if (now !== undefined && allowTestClock !== true) {
    throw new HoldfastError('Config.Invalid', 'A supplied clock is for tests only: leave `now` out.');
  }
}
