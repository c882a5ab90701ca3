/**
 * One cell: rounds of GET, empty script and reserve, a slice each. A slice is short, and what it reserved is settled
 * before the next one: so `live` stays what it is called, up to one slice's reservations.
 */
import type { Redis } from 'ioredis';
import { inFlight } from './cells';
import type { Cell } from './cells';
import type { Clients } from './clients';
import type { CallKind } from './messages';
import { difference, parseServerStatistics } from './server-statistics';
import type { ServerStatistics } from './server-statistics';
import type { CellSlices, Slice } from './summary';

/** A slice of each call. The floors are many times faster and need less time to be known as well. */
const sliceMs = { get: 75, empty: 150, reserve: 250 } as const satisfies Record<CallKind, number>;
/** Until every client has its order. */
const leadMs = 30;

export interface Bench {
  readonly clients: Clients;
  /** For INFO only. */
  readonly redis: Redis;
}

export async function measureCell(bench: Bench, cell: Cell, seconds: number): Promise<CellSlices> {
  const slices = { get: [] as Slice[], empty: [] as Slice[], reserve: [] as Slice[] };
  // The first round warms up: connections, compiled code, the ledger's first buckets.
  await measureRound(bench, cell);
  for (let left = seconds * 1000; left > 0; left -= sliceMs.reserve) {
    const round = await measureRound(bench, cell);
    for (const call of ['get', 'empty', 'reserve'] as const) slices[call].push(round[call]);
  }
  return slices;
}

async function measureRound(bench: Bench, cell: Cell): Promise<Record<CallKind, Slice>> {
  const get = await measureSlice(bench, cell, 'get');
  const empty = await measureSlice(bench, cell, 'empty');
  const reserve = await measureSlice(bench, cell, 'reserve');
  // A full pool stays full: its reservations are few and are what fills it.
  if (cell.load === 'open') {
    const share = inFlight / cell.processes;
    await bench.clients.tell(cell.processes, () => ({ kind: 'end', inFlight: share }));
  }
  return { get, empty, reserve };
}

async function measureSlice({ clients, redis }: Bench, { processes }: Cell, call: CallKind): Promise<Slice> {
  const durationMs = sliceMs[call];
  const before = await statisticsOf(redis);
  const startAtMs = Date.now() + leadMs;
  const order = { kind: 'slice', call, startAtMs, endAtMs: startAtMs + durationMs } as const;
  const answers = await clients.tell(processes, () => ({ ...order, inFlight: inFlight / processes }));
  return {
    durationMs,
    completed: answers.reduce((sum, answer) => sum + (answer?.completed ?? 0), 0),
    failed: answers.reduce((sum, answer) => sum + (answer?.failed ?? 0), 0),
    latenciesMs: answers.flatMap((answer) => answer?.latenciesMs ?? []),
    server: difference(await statisticsOf(redis), before),
  };
}

async function statisticsOf(redis: Redis): Promise<ServerStatistics> {
  const [commands, cpu] = await Promise.all([redis.info('commandstats'), redis.info('cpu')]);
  return parseServerStatistics(`${commands}\n${cpu}`);
}
