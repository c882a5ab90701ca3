/** The capacity store on Redis: each operation is one Lua script, atomic over all candidates (see scripts/). */
import type { Cluster, Redis } from 'ioredis';
import type {
  CapacityCandidate,
  ConfirmAnswer,
  Reservation,
  ReserveAnswer,
  ReserveRequest,
  Settlement,
} from '../contracts/capacity';
import type { CapacitySettings } from '../contracts/settings';
import { HoldfastError } from '../errors';
import { admissibleCandidates, checkSettlement } from './check-request';
import { capacityKeys, type CapacityKeys } from './keys';
import { compileLimits, windowMsOf } from './pacing';
import { actualTokensOf, admissionOf, pauseOf } from './settlement';
import { createScriptRunner, type RunScript } from './script-runner';
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
type Claim = Pick<Reservation, 'rid' | 'pool' | 'endpoint' | 'quotaGroup'>;

class RedisCapacityStore implements CapacityStore {
  readonly #options: RedisCapacityStoreOptions;
  readonly #run: RunScript;
  readonly #keys = new Map<string, CapacityKeys>();
  /** Tag → epoch of the state this process last saw. Shown with each call, it uncovers a state that was lost. */
  readonly #epochs = new Map<string, string>();

  constructor(options: RedisCapacityStoreOptions) {
    this.#options = options;
    this.#run = createScriptRunner(options.redis);
  }

  async reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    const candidates = admissibleCandidates(request);
    const { capacity } = this.#options;
    const keys = this.#keysOf(request.pool);
    const [code, , ...rest] = await this.#call('reserve', request, {
      keys: [keys.budget(request.pool), ...candidates.flatMap((each) => keys.group(each.quotaGroup, each.endpoint))],
      args: [
        Math.floor(request.maxWaitMs),
        request.isRetry === true ? 1 : 0,
        capacity.jitterMs,
        windowMsOf(capacity.jitterMs),
        capacity.leaseMs,
        this.#maxAheadMs(),
        capacity.retryBudgetShare,
        capacity.retryBudgetFloor,
        ...candidates.flatMap((each) => candidateArgs(each, capacity.jitterMs)),
      ],
    });
    if (code === 'granted') return { kind: 'granted', reservation: reservationOf(request, rest) };
    if (code === 'spent' || code === 'retryBudgetSpent') return { kind: code };
    const [retryInMs, blockedBy, endpoint] = rest as [number, string, string];
    return { kind: 'wait', retryInMs, blockedBy: `${blockedBy} on ${endpoint}` };
  }

  async confirm(reservation: Reservation): Promise<ConfirmAnswer> {
    const { jitterMs } = this.#options.capacity;
    const [code, , startInMs, leaseMs] = await this.#call('confirm', reservation, {
      keys: this.#groupKeys(reservation),
      args: [jitterMs, windowMsOf(jitterMs), reservation.leaseMs, this.#maxAheadMs()],
    });
    if (code === 'spent') return { kind: 'spent' };
    return { kind: 'confirmed', startInMs: startInMs as number, leaseMs: leaseMs as number };
  }

  async renew(reservation: Reservation): Promise<boolean> {
    const [code] = await this.#call('renew', reservation, {
      keys: this.#groupKeys(reservation),
      args: [reservation.leaseMs, reservation.endpoint, reservation.quotaGroup],
    });
    return code === 'renewed';
  }

  async settle(settlement: Settlement): Promise<void> {
    checkSettlement(settlement);
    const pause = pauseOf(settlement);
    await this.#call('settle', settlement, {
      keys: this.#groupKeys(settlement),
      args: [
        this.#options.capacity.leaseMs,
        actualTokensOf(settlement) ?? '',
        pause.groupMs,
        pause.endpointMs,
        admissionOf(settlement),
      ],
    });
  }

  async release(reservation: Reservation): Promise<void> {
    const keys = this.#keysOf(reservation.pool);
    await this.#call('release', reservation, {
      keys: [keys.budget(reservation.pool), ...this.#groupKeys(reservation)],
      args: [this.#options.capacity.leaseMs],
    });
  }

  /** Every script starts with the clock, the reservation and what this process knows of them. */
  async #call(
    operation: Operation,
    { pool, rid }: Pick<Claim, 'pool' | 'rid'>,
    { keys, args }: { readonly keys: readonly string[]; readonly args: readonly (string | number)[] },
  ): Promise<Reply> {
    const tag = this.#tagOf(pool);
    const { clock, reservation } = this.#keysOf(pool);
    const now = this.#options.now === undefined ? '' : Math.floor(this.#options.now());
    const reply = await this.#run({
      operation,
      keys: [clock, reservation(rid), ...keys],
      args: [now, this.#epochs.get(tag) ?? '', rid, ...args],
    });
    this.#epochs.set(tag, String(reply[1]));
    return reply;
  }

  #tagOf(pool: string): string {
    return this.#options.groupOfPool?.(pool) ?? 'capacity';
  }

  #keysOf(pool: string): CapacityKeys {
    const tag = this.#tagOf(pool);
    const keys = this.#keys.get(tag) ?? capacityKeys(this.#options.keyPrefix, tag);
    this.#keys.set(tag, keys);
    return keys;
  }

  #groupKeys({ pool, quotaGroup, endpoint }: Claim): readonly string[] {
    return this.#keysOf(pool).group(quotaGroup, endpoint);
  }

  #maxAheadMs(): number {
    return Math.max(...Object.values(this.#options.capacity.maxWaitMs));
  }
}

function candidateArgs(
  { endpoint, quotaGroup, limits, cost }: CapacityCandidate,
  jitterMs: number,
): (string | number)[] {
  const { rpm, tpm, concurrency, requestGapMs, tokenMs } = compileLimits(limits, jitterMs);
  return [endpoint, quotaGroup, rpm, tpm, concurrency, Math.ceil(cost.tokens), requestGapMs, tokenMs];
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
