/**
 * When what is done. Pure: the same seed, length and faults give the same plan.
 *
 *   warm-up │ before (measured) │ round │ round │ … │ after (measured)
 *
 * A round is every fault once, in an order of its own. Between the end of one fault and the next lies the recovery:
 * at least a lease and a second, and the time it takes to look at the leases.
 */
import { HoldfastError } from '../../src/errors';
import { createRandom } from '../../src/simulator/random';
import { faultMs } from './faults';
import type { FaultKind } from './faults';

export interface Strike {
  readonly kind: FaultKind;
  /** From the start of the load. */
  readonly atMs: number;
  readonly forMs: number;
  /** How often this kind has struck before, and what decides its victim. */
  readonly occurrence: number;
  readonly draw: number;
}

/** Milliseconds from the start of the load; `toMs` is no part of it. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Schedule {
  readonly before: Span;
  readonly strikes: readonly Strike[];
  /** From the end of a fault to the next one. */
  readonly recoveryMs: number;
  readonly after: Span;
}

export interface ScheduleInput {
  readonly minutes: number;
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly leaseMs: number;
}

/** What the recovery has room for beyond the lease. */
export const checkMs = { grace: 1_000, look: 1_300 } as const;
/** What a fault takes besides its own time: the start of another process. */
const aroundMs = 1_000;

/** A round with this much time for each recovery lets one see what throughput is between the faults. */
const usualRecoveryMs = 18_000;
const shortBelowMinutes = 6;
/** Whole minutes, so that windows of any phase weigh the same; a short run is for a first look. */
const phasesMs = {
  usual: { warmUp: 30_000, measured: 120_000 },
  short: { warmUp: 10_000, measured: 25_000 },
} as const;

/** @throws Config.Invalid when not even one round fits */
export function scheduleOf({ minutes, seed, kinds, leaseMs }: ScheduleInput): Schedule {
  const { warmUp, measured } = phasesMs[minutes < shortBelowMinutes ? 'short' : 'usual'];
  const faultsMs = minutes * 60_000 - warmUp - 2 * measured;
  const strikingMs = kinds.reduce((sum, kind) => sum + faultMs[kind] + aroundMs, 0);
  const leastRecoveryMs = leaseMs + checkMs.grace + checkMs.look;
  const leastMs = strikingMs + kinds.length * leastRecoveryMs;
  if (faultsMs < leastMs) throw tooShort(minutes, (warmUp + 2 * measured + leastMs) / 60_000);
  const rounds = Math.max(1, Math.floor(faultsMs / (strikingMs + kinds.length * usualRecoveryMs)));
  const recoveryMs = Math.floor((faultsMs / rounds - strikingMs) / kinds.length);
  const firstMs = warmUp + measured;
  return {
    before: { fromMs: warmUp, toMs: firstMs },
    strikes: strikesOf({ seed, kinds, rounds, recoveryMs, firstMs }),
    recoveryMs,
    after: { fromMs: firstMs + faultsMs, toMs: firstMs + faultsMs + measured },
  };
}

interface Rounds {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly rounds: number;
  readonly recoveryMs: number;
  readonly firstMs: number;
}

function strikesOf({ seed, kinds, rounds, recoveryMs, firstMs }: Rounds): readonly Strike[] {
  const random = createRandom(seed, 'schedule');
  const strikes: Strike[] = [];
  let atMs = firstMs;
  for (let occurrence = 0; occurrence < rounds; occurrence += 1) {
    for (const kind of shuffled(kinds, () => random.next())) {
      strikes.push({ kind, atMs, forMs: faultMs[kind], occurrence, draw: random.next() });
      atMs += faultMs[kind] + aroundMs + recoveryMs;
    }
  }
  return strikes;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T);
}

function tooShort(minutes: number, leastMinutes: number): HoldfastError {
  const least = Math.ceil(leastMinutes * 10) / 10;
  return new HoldfastError(
    'Config.Invalid',
    `--minutes ${minutes} is too short for these faults, each with its recovery: give ${least} or more, or fewer faults with --only.`,
  );
}
