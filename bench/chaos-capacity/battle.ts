/** The run itself: load from the first second to the last, faults at their times, and a look at the leases after each. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind } from './faults';
import { faultTexts } from './faults';
import { checkLeases } from './lease-check';
import type { LeaseCheckParts, LeaseReading } from './lease-check';
import type { Window } from './measure';
import { checkMs } from './schedule';
import type { Schedule, Span, Strike } from './schedule';
import { strikeDown } from './strike-down';
import type { Target } from './strike-down';

/** One fault, as it happened. Times as in the provider's ledger. */
export interface Struck {
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly toMs: number;
  /** It really happened. */
  readonly fired: boolean;
  /** A lease and a second after it. */
  readonly leases: readonly LeaseReading[];
}

export interface Battle {
  readonly struck: readonly Struck[];
  readonly before: Window;
  readonly after: Window;
  /** When nobody holds anything any more: what is left is leaked for good. */
  readonly atEnd: readonly LeaseReading[];
}

export interface BattleOptions {
  readonly schedule: Schedule;
  readonly leaseMs: number;
  /** Progress, for people. */
  say(line: string): void;
}

const lookEveryMs = 1_000;
/** Calls in flight end within it; nobody waits for new ones. */
const drainMs = 25_000;

/** The simulator's clock, seen from another process of this machine. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

async function sleepUntil(atMs: number): Promise<void> {
  await sleep(Math.max(0, atMs - now()));
}

export async function runBattle(target: Target & LeaseCheckParts, options: BattleOptions): Promise<Battle> {
  const { schedule, leaseMs, say } = options;
  const { before, after, strikes } = schedule;
  const startedAt = now();
  // What a holder has counted dies with it, but for what it told last.
  const looking = setInterval(() => void target.holders.look(), lookEveryMs);
  try {
    say(`warm-up ${seconds(before.fromMs)}, then ${seconds(before.toMs - before.fromMs)} without faults`);
    const struck: Struck[] = [];
    for (const strike of strikes) {
      await sleepUntil(startedAt + strike.atMs);
      struck.push(await strikeAndLook(target, { strike, leaseMs, say }));
    }
    const restAt = await untilRecovered(startedAt + after.fromMs);
    say(`${seconds(after.toMs - after.fromMs)} without faults`);
    await sleepUntil(restAt + after.toMs - after.fromMs);
    return {
      struck,
      before: windowOf(before, startedAt),
      after: windowOf(after, restAt - after.fromMs),
      atEnd: await leasesAtEnd(target),
    };
  } finally {
    clearInterval(looking);
  }
}

/** The faults took longer than planned on a busy machine: then what follows begins later, and is as long as planned. */
async function untilRecovered(plannedAtMs: number): Promise<number> {
  await sleepUntil(plannedAtMs);
  return now();
}

function windowOf({ fromMs, toMs }: Span, startedAt: number): Window {
  return { fromMs: startedAt + fromMs, toMs: startedAt + toMs };
}

interface Turn extends Pick<BattleOptions, 'leaseMs' | 'say'> {
  readonly strike: Strike;
}

async function strikeAndLook(target: Target & LeaseCheckParts, { strike, leaseMs, say }: Turn): Promise<Struck> {
  const { kind, occurrence } = strike;
  const fromMs = now();
  const fired = await strikeDown(target, strike);
  const toMs = now();
  await sleepUntil(toMs + leaseMs + checkMs.grace);
  const leases = await checkLeases(target, checkMs.look);
  const leaked = leases
    .filter((reading) => reading.leaked > 0)
    .map((reading) => `${reading.leaked} on ${reading.endpoint}`);
  const remarks = [
    ...(fired ? [] : ['DID NOT FIRE']),
    ...(leaked.length === 0 ? [] : [`leases left: ${leaked.join(', ')}`]),
  ];
  say(`${kind} #${occurrence + 1}: ${faultTexts[kind]}${remarks.map((remark) => ` — ${remark}`).join('')}`);
  return { kind, fromMs, toMs, fired, leases };
}

async function leasesAtEnd(target: LeaseCheckParts): Promise<readonly LeaseReading[]> {
  const { holders } = target;
  holders.drain();
  const endsAt = performance.now() + drainMs;
  for (;;) {
    const look = await holders.look();
    const isEmpty =
      look !== undefined && Object.values(look.claims).every(({ booked, started }) => booked + started === 0);
    if (isEmpty || performance.now() > endsAt) break;
    await sleep(100);
  }
  return checkLeases(target, checkMs.look);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
