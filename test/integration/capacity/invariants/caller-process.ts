/**
 * A process of callers in real time, on the clock of Redis, which is that of this machine. What it does it writes into a
 * file that several processes append to, each line before or at the moment it becomes true:
 *
 *   asks → grants → sends → ends, or releases; moves when a start was missed
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createRedisCapacityStore } from '../../../../src/capacity/redis-store';
import type { Reservation } from '../../../../src/contracts/capacity';
import { createRandom, type Random } from '../../../../src/simulator/random';
import { repeating } from './open-sequence';
import { candidatesOf, loops, pool, settings, sharedRids } from './several-callers';
import type { Entry, Order, Started } from './several-callers';

/** Later than this a caller does not send; it gives up, or confirms when it is beyond any grace. */
const lateMs = 80;
const surelyLateMs = 1.25 * settings.jitterMs;
const started = JSON.parse(process.argv[2] ?? '') as Started;
const redis = new Redis(started.redisUrl);
const store = repeating(createRedisCapacityStore({ redis, keyPrefix: started.keyPrefix, capacity: settings }));
const random = createRandom('caller', started.seed, started.process);
let isStopping = false;

function write(entry: Entry): void {
  appendFileSync(started.recordFile, `${JSON.stringify(entry)}\n`);
}

async function claim(rid: string, tokens: number): Promise<Reservation | undefined> {
  write({ kind: 'asks', rid, tokens });
  const maxWaitMs = 600;
  for (;;) {
    const candidates = candidatesOf(tokens);
    const answer = await store.reserve({ rid, pool, candidates, lane: 'interactive', tenant: 'acme', maxWaitMs });
    if (answer.kind === 'wait' && !isStopping) {
      await sleep(answer.retryInMs);
      continue;
    }
    if (answer.kind === 'granted') {
      const { endpoint, quotaGroup: group, startAt, startInMs } = answer.reservation;
      write({ kind: 'grants', rid, tokens, endpoint, group, startAt, startInMs, maxWaitMs });
      return answer.reservation;
    }
    await store.release({ rid, pool });
    return undefined;
  }
}

/** Waits for the start. Result: false when it was missed and given up. */
async function startsInTime(reservation: Reservation, oversleepsMs: number): Promise<boolean> {
  let startAtMs = reservation.startAt;
  let sleepsMs = startAtMs - Date.now() + oversleepsMs;
  for (;;) {
    await sleep(Math.max(0, sleepsMs));
    const atMs = Date.now();
    const { rid } = reservation;
    if (atMs >= startAtMs && atMs <= startAtMs + lateMs) {
      write({ kind: 'sends', rid, atMs });
      return true;
    }
    if (atMs < startAtMs) {
      sleepsMs = startAtMs - atMs;
      continue;
    }
    const answer = atMs > startAtMs + surelyLateMs ? await store.confirm(reservation) : { kind: 'spent' as const };
    if (answer.kind === 'spent') {
      await store.release(reservation);
      write({ kind: 'releases', rid });
      return false;
    }
    startAtMs = Math.ceil(atMs + answer.startInMs);
    sleepsMs = startAtMs - Date.now();
    write({ kind: 'moves', rid, atMs, startAt: startAtMs });
  }
}

async function call(reservation: Reservation, tokens: number, durationMs: number): Promise<void> {
  const { rid, endpoint, quotaGroup } = reservation;
  const renewEveryMs = settings.leaseMs / 3;
  for (let leftMs = durationMs; leftMs > 0; leftMs -= renewEveryMs) {
    await sleep(Math.min(leftMs, renewEveryMs));
    await store.renew(reservation);
  }
  const charged = Math.ceil(tokens * random.next());
  write({ kind: 'ends', rid, atMs: Date.now(), charged });
  const settle = () =>
    store.settle({ rid, pool, endpoint, quotaGroup, outcome: 'succeeded', actual: { tokens: charged } });
  // Delivered twice, now and then.
  await Promise.all(random.next() < 0.2 ? [settle(), settle()] : [settle()]);
}

async function loop(loopIndex: number): Promise<void> {
  for (let i = 0; !isStopping; i++) {
    const tokens = random.int(50, 200);
    const reservation = await claim(`p${started.process}-${loopIndex}-${i}`, tokens);
    if (reservation === undefined) continue;
    const oversleepsMs = random.next() < 0.1 ? 2 * surelyLateMs : 0;
    if (!(await startsInTime(reservation, oversleepsMs))) continue;
    await call(reservation, tokens, durationOf(random));
  }
}

function durationOf({ next, int }: Random): number {
  return next() < 0.1 ? int(1_000, 2_500) : int(20, 300);
}

/** All processes claim the same rids at once; one of them makes the calls. */
async function shareRids(): Promise<void> {
  await Promise.all(
    sharedRids.map(async (rid, index) => {
      const reservation = await claim(rid, 100);
      if (reservation === undefined || index % started.processes !== started.process) return;
      if (await startsInTime(reservation, 0)) await call(reservation, 100, 100);
    }),
  );
}

async function main(): Promise<void> {
  const tell = (message: 'stopped'): void => void process.send?.(message);
  const work = shareRids().then(() => Promise.all(Array.from({ length: loops }, (_, index) => loop(index))));
  const ended = new Promise<void>((resolve) => {
    process.on('message', (order: Order) => {
      isStopping = true;
      if (order === 'end') resolve();
    });
  });
  await work;
  // Held, and known to be, until the end.
  const held = await claim(`held-${started.process}`, 1);
  if (held !== undefined && !(await startsInTime(held, 0))) throw new Error('the held claim was missed');
  const renewing = held && setInterval(() => void store.renew(held), settings.leaseMs / 3);
  tell('stopped');
  await ended;
  clearInterval(renewing);
  if (held !== undefined) await call(held, 1, 0);
  await redis.quit();
  process.exit();
}

// Whoever started us is gone.
process.on('disconnect', () => process.exit());
main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
