/**
 * The same invariants with several processes at once, in real time: all write what they do into one file, one of them
 * is killed on the way, and what must hold is checked over the whole file and against what the store says.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisCapacityStore } from '../../../../src/capacity/redis-store';
import { readServices } from '../../../support/services';
import { repeating, useRedis } from './open-sequence';
import { CallRecord, type Claim } from './call-record';
import { seed } from './run-property';
import { candidatesOf, groups, limits, pool, settings, sharedRids } from './several-callers';
import type { Entry, Order, Started } from './several-callers';

const redis = useRedis();
const processes = 4;
const compileOnRequire = resolve(__dirname, '../../../support/compile-on-require.cjs');
const killAfterMs = 2_500;
const goesOnMs = 2_500;

let directory: string;
let children: ChildProcess[] = [];
let started: Omit<Started, 'process'>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-processes-'));
  const recordFile = join(directory, 'record.jsonl');
  const keyPrefix = `test-processes-${randomUUID()}:`;
  started = { redisUrl: readServices().redisUrl, keyPrefix, recordFile, seed, processes };
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
  const keys = await redis.current.keys(`${started.keyPrefix}*`);
  if (keys.length > 0) await redis.current.del(...keys);
});

function startProcess(index: number): ChildProcess {
  const argument = JSON.stringify({ ...started, process: index } satisfies Started);
  return fork(join(__dirname, 'caller-process.ts'), [argument], {
    execArgv: ['--require', compileOnRequire],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Lets them work, kills one, lets the others go on and stop. Result: when it was killed. */
async function battle(): Promise<number> {
  children = Array.from({ length: processes }, (_, index) => startProcess(index));
  await untilRecorded('ends', 20);
  await sleep(killAfterMs);
  const [victim, ...others] = children as [ChildProcess, ...ChildProcess[]];
  const gone = once(victim, 'exit');
  victim.kill('SIGKILL');
  await gone;
  const killedAtMs = Date.now();
  await sleep(goesOnMs);
  const stopped = others.map((child) => once(child, 'message'));
  tell(others, 'stop');
  await Promise.all(stopped);
  await sleep(Math.max(0, killedAtMs + settings.leaseMs + 1_000 - Date.now()));
  return killedAtMs;
}

function tell(who: readonly ChildProcess[], order: Order): void {
  for (const child of who) child.send(order);
}

async function untilRecorded(kind: Entry['kind'], count: number): Promise<void> {
  for (;;) {
    const entries = readEntries();
    if (entries.filter((entry) => entry.kind === kind).length >= count) return;
    await sleep(50);
  }
}

function readEntries(): readonly Entry[] {
  try {
    const lines = readFileSync(started.recordFile, 'utf8').split('\n');
    // The last line may be about to be written.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Entry);
  } catch {
    // Nobody has written anything yet.
    return [];
  }
}

interface History {
  readonly record: CallRecord;
  /** Rids that were given back: their charge may stand until their place has passed. */
  readonly released: readonly Claim[];
  /** Rids of the killed process that may have been granted without its knowing. */
  readonly unknownTokens: readonly number[];
  readonly contradictions: readonly string[];
}

function historyOf(entries: readonly Entry[], killedAtMs: number): History {
  const record = new CallRecord();
  const released: Claim[] = [];
  const contradictions: string[] = [];
  const asked = new Map<string, number>();
  // One process may hear of a move before the one that made it has written it down.
  const moved = new Set(entries.flatMap((each) => (each.kind === 'moves' ? [`${each.rid} ${each.startAt}`] : [])));
  for (const entry of entries) {
    const { rid } = entry;
    const claim = record.claims.get(rid);
    if (entry.kind === 'asks') asked.set(rid, entry.tokens);
    else if (entry.kind === 'grants') {
      const told = claimOf(entry);
      const isMoved = moved.has(`${rid} ${told.startAtMs}`);
      if (
        claim !== undefined &&
        (claim.endpoint !== told.endpoint || (claim.startAtMs !== told.startAtMs && !isMoved))
      ) {
        contradictions.push(`${rid} starts at ${claim.startAtMs} and at ${told.startAtMs}`);
      }
      if (claim === undefined) record.claims.set(rid, told);
    } else if (claim === undefined) contradictions.push(`${rid} ${entry.kind} without a grant`);
    else if (entry.kind === 'moves') {
      claim.bookedAtMs = entry.atMs;
      claim.startAtMs = entry.startAt;
    } else if (entry.kind === 'sends') claim.arrivedAtMs = entry.atMs;
    else if (entry.kind === 'ends') {
      claim.endedAtMs = claim.settledAtMs = entry.atMs;
      claim.charged = { ...claim.cost, tpm: entry.charged };
    } else {
      released.push(claim);
      record.claims.delete(rid);
    }
  }
  for (const claim of record.claims.values()) {
    if (claim.rid.startsWith('p0-')) claim.endedAtMs ??= killedAtMs;
  }
  const known = new Set([...record.claims.keys(), ...released.map(({ rid }) => rid)]);
  const unknown = [...asked].filter(([rid]) => rid.startsWith('p0-') && !known.has(rid));
  return { record, released, contradictions, unknownTokens: unknown.map(([, tokens]) => tokens) };
}

/** What the killed process had recorded as ended may not have reached the store. */
function unsettled({ claims }: CallRecord, killedAtMs: number): number[] {
  return [...claims.values()]
    .filter(({ rid, settledAtMs = 0 }) => rid.startsWith('p0-') && settledAtMs > killedAtMs - 1_000)
    .map(({ cost, charged = cost }) => cost.tpm - charged.tpm);
}

function claimOf({ rid, endpoint, group, tokens, startAt, startInMs, maxWaitMs }: Entry & { kind: 'grants' }): Claim {
  return {
    ...{ rid, endpoint, group, limits, maxWaitMs, toldInMs: startInMs, lane: 'interactive' },
    cost: { rpm: 1, tpm: tokens, inputTpm: tokens, outputTpm: 0 },
    bookedAtMs: startAt - startInMs,
    startAtMs: startAt,
  };
}

describe(`${processes} processes (seed ${seed})`, () => {
  test('together keep to every limit, share one answer for one rid, and lose nothing when one of them is killed', async () => {
    const killedAtMs = await battle();
    const store = repeating(createRedisCapacityStore({ ...started, redis: redis.current, capacity: settings }));
    const reading = await store.inspect(pool, candidatesOf(1));
    const { record, released, unknownTokens, contradictions } = historyOf(readEntries(), killedAtMs);
    expect(contradictions).toEqual([]);
    expect([...record.overfullWindows(), ...record.overfullSlots(), ...record.startsTooLate()]).toEqual([]);
    // Everybody has worked, and the limits were what held them up.
    expect(record.claims.size).toBeGreaterThan(60);
    expect(sharedRids.filter((rid) => record.claims.has(rid) || released.some((each) => each.rid === rid))).toEqual(
      sharedRids,
    );
    expect(reading.endpoints.reduce((sum, { inFlight }) => sum + inFlight, 0)).toBe(processes - 1);
    const used = (dimension: 'rpm' | 'tpm'): number =>
      reading.endpoints
        .flatMap(({ dimensions }) => dimensions.filter((each) => each.dimension === dimension))
        .reduce((sum, each) => sum + each.used, 0);
    const tokens = [...record.claims.values()].reduce((sum, { cost, charged = cost }) => sum + charged.tpm, 0);
    const perhaps = [...released.map(({ cost }) => cost.tpm), ...unknownTokens, ...unsettled(record, killedAtMs)];
    expect(used('rpm')).toBeGreaterThanOrEqual(record.claims.size);
    expect(used('rpm')).toBeLessThanOrEqual(record.claims.size + released.length + unknownTokens.length);
    expect(used('tpm')).toBeGreaterThanOrEqual(tokens);
    expect(used('tpm')).toBeLessThanOrEqual(tokens + perhaps.reduce((sum, each) => sum + each, 0));
    const left = children.slice(1).map((child) => once(child, 'exit'));
    tell(children.slice(1), 'end');
    await Promise.all(left);
    const { endpoints } = await store.inspect(pool, candidatesOf(1));
    expect(endpoints.map(({ inFlight }) => inFlight)).toEqual(groups.map(() => 0));
  });
});
