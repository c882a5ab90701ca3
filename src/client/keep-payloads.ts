/**
 * Housekeeping of the payload stores. Whether a payload is still needed is asked of Temporal: what a run refers to was
 * written or read after that run began, so nothing that was last used before the oldest run Temporal still knows, open or
 * kept by the retention, can be needed by any. Only schedules hold payloads without a run: see `lastUses`.
 */
import type { Client } from '@temporalio/client';
import { HoldfastError } from '../errors/holdfast-error';
import type { PayloadStorage } from '../security/payload-storage/create-payload-storage';
import { sweepStore, verifyStore } from '../security/payload-storage/housekeeping';
import type { StoreSweep, StoreVerification } from '../security/payload-storage/housekeeping';
import { translated } from './translate-error';

export interface SweepOptions {
  /** Only what nobody has used for so long. Default: the retention of the namespace and `marginMs`. */
  readonly olderThanMs?: number;
  /** Before the oldest run. Default 7 days; at least 2, because a use is noted once a day and visibility lags. */
  readonly marginMs?: number;
  /** Besides the client's own, when several share the store. */
  readonly namespaces?: readonly string[];
  /** Removes nothing. */
  readonly isDryRun?: boolean;
}

export interface PayloadSweep {
  /** ISO 8601: what was last used before it is removed. */
  readonly unusedSince: string;
  /** What sets this time. */
  readonly because: string;
  readonly stores: readonly StoreSweep[];
}

export interface PayloadVerification {
  readonly damaged: number;
  readonly stores: readonly StoreVerification[];
}

interface Place {
  readonly client: Client;
  readonly payloads?: Pick<PayloadStorage, 'stores'>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const leastMarginMs = 2 * dayMs;
/** No run is older: the retention of a namespace ends at ten years. */
const longestMs = 3_650 * dayMs;

/** Throws `Config.Invalid` without a store, for a margin that is too small, and when Temporal knows no run to go by. */
export async function sweepPayloads(place: Place, options: SweepOptions): Promise<PayloadSweep> {
  const stores = storesOf(place);
  const { marginMs = 7 * dayMs, olderThanMs, isDryRun = false } = options;
  if (marginMs < leastMarginMs) throw new HoldfastError('Config.Invalid', 'payloads: the margin is at least 2 days');
  const nowMs = Date.now();
  const bounds: Bound[] = [];
  for (const namespace of new Set([place.client.options.namespace, ...(options.namespaces ?? [])])) {
    const asked = { client: place.client, namespace, nowMs, marginMs };
    bounds.push(...(await boundsOf(asked, olderThanMs)));
  }
  const [first, ...rest] = bounds;
  if (first === undefined) throw new HoldfastError('Llm.Internal', 'payloads: no namespace was asked');
  const { atMs, because } = rest.reduce((least, bound) => (bound.atMs < least.atMs ? bound : least), first);
  const swept: StoreSweep[] = [];
  for (const store of stores) swept.push(await sweepStore(store, { unusedSinceMs: atMs, isDryRun }));
  return { unusedSince: new Date(atMs).toISOString(), because, stores: swept };
}

export async function verifyPayloads(place: Place): Promise<PayloadVerification> {
  const verified: StoreVerification[] = [];
  for (const store of storesOf(place)) verified.push(await verifyStore(store));
  return { damaged: verified.reduce((sum, { damaged }) => sum + damaged, 0), stores: verified };
}

function storesOf({ payloads }: Place): PayloadStorage['stores'] {
  if (payloads !== undefined && payloads.stores.length > 0) return payloads.stores;
  throw new HoldfastError('Config.Invalid', 'HOLDFAST_PAYLOADS is not set: there is no payload store to look after');
}

/** Nothing that was used at or after it may go. */
interface Bound {
  readonly atMs: number;
  readonly because: string;
}

interface Asked {
  readonly client: Client;
  readonly namespace: string;
  readonly nowMs: number;
  readonly marginMs: number;
}

async function boundsOf(asked: Asked, olderThanMs: number | undefined): Promise<Bound[]> {
  const { namespace, nowMs, marginMs } = asked;
  const runBoundMs = await translated({ workflowId: `the runs of ${namespace}` }, () => beforeOldestRun(asked));
  if (runBoundMs === undefined && olderThanMs === undefined) {
    const message = `payloads: namespace ${namespace} has no run to go by; if it is the right one, say --older-than`;
    throw new HoldfastError('Config.Invalid', message);
  }
  const age = { atMs: nowMs - (olderThanMs ?? (await retentionOf(asked)) + marginMs), because: 'their age' };
  const oldest = { atMs: (runBoundMs ?? Infinity) - marginMs, because: `the oldest run of ${namespace}` };
  const schedules = (await lastUses(asked)).map(({ id, atMs }) => ({
    atMs: atMs - marginMs,
    because: `schedule ${id} of ${namespace}`,
  }));
  return [age, oldest, ...schedules];
}

/**
 * The hour in which the oldest run began that Temporal has, open or closed; undefined when it has none. Found by counting:
 * some twenty requests, however many runs there are.
 */
async function beforeOldestRun({ client, namespace, nowMs }: Asked): Promise<number | undefined> {
  const hasBefore = async (atMs: number): Promise<boolean> => {
    const query = `StartTime < '${new Date(atMs).toISOString()}'`;
    const { count } = await client.workflowService.countWorkflowExecutions({ namespace, query });
    return Number(count) > 0;
  };
  // Clocks differ.
  let withMs = nowMs + hourMs;
  let withoutMs = nowMs - longestMs;
  if (!(await hasBefore(withMs))) return undefined;
  if (await hasBefore(withoutMs)) return 0;
  while (withMs - withoutMs > hourMs) {
    const middleMs = (withMs + withoutMs) / 2;
    if (await hasBefore(middleMs)) withMs = middleMs;
    else withoutMs = middleMs;
  }
  return withoutMs;
}

async function retentionOf({ client, namespace }: Asked): Promise<number> {
  const { config } = await client.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000;
}

/**
 * A schedule keeps the payloads of its input from when it was made, and they are used whenever it starts a run. When it has
 * not done so for long, they are the only thing that is needed and that no run tells of.
 */
async function lastUses({ client, namespace }: Asked): Promise<{ id: string; atMs: number }[]> {
  const uses: { id: string; atMs: number }[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.listSchedules({
      namespace,
      maximumPageSize: 100,
      ...(nextPageToken && { nextPageToken }),
    });
    for (const { scheduleId: id } of page.schedules) {
      const scheduleId = id ?? '';
      const { info } = await client.workflowService.describeSchedule({ namespace, scheduleId });
      const times = [
        info?.createTime,
        info?.updateTime,
        ...(info?.recentActions ?? []).map(({ actualTime }) => actualTime),
      ];
      const seconds = times.map((time) => Number(time?.seconds ?? 0));
      uses.push({ id: scheduleId, atMs: Math.max(0, ...seconds) * 1_000 });
    }
    nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
  return uses;
}
