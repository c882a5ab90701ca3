/**
 * What one process may still grant while the store does not answer: half of each limit divided by the live workers,
 * paced, without any burst. Half, because claims of the store that were granted before are still being used, because
 * the count of workers is the last one known, and because what a failed operation did in the store is not known.
 *
 *   reserve ─▶ held ─confirm late─▶ held, with a new start
 *                │ settle, release, or its lease lapses
 *                ▼
 *              ended: the rid answers `spent`
 */
import type {
  CapacityCandidate,
  ConfirmAnswer,
  Reservation,
  ReserveAnswer,
  ReserveRequest,
  Settlement,
} from '../contracts/capacity';
import { admissibleCandidates } from './check-request';
import { chooseOffer, retryInMsOf, type LocalOffer } from './local-offer';
import { gapsOf, LocalPacer } from './local-pacer';
import { LocalPauses } from './local-pauses';
import { LocalSlots } from './local-slots';

export interface LocalShareOptions {
  readonly leaseMs: number;
  /** How late a start may be used without a new one. */
  readonly jitterMs: number;
  /** Processes that share the limits, this one included. */
  readonly liveWorkers: () => number;
  /** Monotonic, ms. */
  readonly now: () => number;
  /** Uniform in [0, 1): keeps processes that lose the store at the same moment apart. */
  readonly random: () => number;
}

const shareOfLimits = 0.5;
/** Claims that the store granted start without asking it again when they lie no further ahead than this. */
const startsUnderWayMs = 1_000;
/** As long as the store keeps its records. */
const keepEndedMs = 600_000;
const maxClaims = 10_000;

interface Claim {
  readonly candidate: CapacityCandidate;
  readonly maxWaitMs: number;
  readonly reservation: Reservation;
  startAtMs: number;
  leaseEndsAtMs: number;
  isEnded: boolean;
  /** The store has been told of its slot. */
  isHandedOver: boolean;
}

export class LocalShare {
  readonly #options: LocalShareOptions;
  readonly #slots = new LocalSlots();
  readonly #pacers = new Map<string, LocalPacer>();
  readonly #pauses = new LocalPauses();
  readonly #claims = new Map<string, Claim>();
  /** 1 to 2: how much of its first gap a process lets pass. */
  readonly #firstGaps: number;

  constructor(options: LocalShareOptions) {
    this.#options = options;
    this.#firstGaps = 1 + options.random();
  }

  /** Throws as the store does for a request that nobody could admit. `downSinceMs`: when this process lost the store. */
  reserve(request: ReserveRequest, downSinceMs: number): ReserveAnswer {
    const now = this.#tick();
    const standing = this.#claims.get(request.rid);
    if (standing !== undefined) return answerAgain(standing, now);
    const offers = admissibleCandidates(request).map((each) => this.#offer(each, { now, downSinceMs }));
    const { maxWaitMs, overload, spillAfterMs = 0 } = request;
    const { candidate, gaps, atMs, blockedBy } = chooseOffer(offers, { spillAfterMs, latestMs: now + maxWaitMs });
    const waitMs = atMs - now;
    if (Number.isFinite(waitMs) && waitMs > (overload?.expectedWaitMs ?? Infinity)) {
      return { kind: 'overloaded', expectedMs: Math.ceil(waitMs), waiting: 0 };
    }
    const delay = blockedBy === undefined ? {} : { blockedBy: `${blockedBy} on ${candidate.endpoint}` };
    if (waitMs > maxWaitMs) return { kind: 'wait', blockedBy: '', ...delay, retryInMs: retryInMsOf(waitMs, maxWaitMs) };
    this.#pacerOf(candidate).book(gaps, atMs);
    const claim: Claim = {
      candidate,
      maxWaitMs,
      reservation: this.#reservationOf(request, { candidate, atMs, now, delay }),
      startAtMs: atMs,
      leaseEndsAtMs: atMs + this.#options.leaseMs,
      isEnded: false,
      isHandedOver: false,
    };
    this.#keep(request.rid, claim);
    return { kind: 'granted', reservation: claim.reservation };
  }

  /** Whether the rid was granted here, also when it has ended since. */
  owns(rid: string): boolean {
    return this.#claims.has(rid);
  }

  confirm(rid: string, downSinceMs: number): ConfirmAnswer {
    const now = this.#tick();
    const claim = this.#standing(rid, now);
    if (claim === undefined) return { kind: 'spent' };
    const { candidate, maxWaitMs } = claim;
    const isLate = now - claim.startAtMs > this.#options.jitterMs;
    if (isLate || this.#pauses.untilMs(candidate) > claim.startAtMs) {
      const { atMs, gaps } = this.#paced(candidate, { now, downSinceMs });
      if (atMs - now > maxWaitMs) {
        this.end(rid);
        return { kind: 'spent' };
      }
      this.#pacerOf(candidate).book(gaps, atMs);
      claim.startAtMs = atMs;
    }
    const startInMs = Math.max(0, Math.ceil(claim.startAtMs - now));
    this.#extend(rid, claim, now + startInMs + this.#options.leaseMs);
    return { kind: 'confirmed', startInMs, leaseMs: this.#options.leaseMs };
  }

  renew(rid: string): boolean {
    const now = this.#tick();
    const claim = this.#claims.get(rid);
    // A lease that lapsed because this process stood still is made again: its call is real.
    if (claim === undefined || claim.isEnded) return false;
    this.#extend(rid, claim, Math.max(claim.leaseEndsAtMs, now + this.#options.leaseMs));
    return true;
  }

  /** Frees the slot. Tokens are not given back: what is not used of half the limits is margin. */
  end(rid: string): void {
    const claim = this.#claims.get(rid);
    if (claim !== undefined) claim.isEnded = true;
    this.#slots.free(rid);
  }

  /** What a provider asked for holds here too, whoever granted the call. */
  pause(settlement: Settlement): void {
    this.#pauses.add(settlement, this.#options.now());
  }

  /** A call of this process under a claim of the store: it takes a slot of the share as well. */
  hold(rid: string, { quotaGroup, forMs }: { readonly quotaGroup: string; readonly forMs: number }): void {
    this.#slots.hold(rid, { quotaGroup, untilMs: this.#tick() + forMs });
  }

  /** Whether a claim was granted here on an endpoint with a limit on concurrency, and stands. */
  holdsSlot(rid: string): boolean {
    return this.#standing(rid, this.#tick())?.candidate.limits.concurrency !== undefined;
  }

  /** The claims of a pool that hold a slot. */
  inFlight(pool: string): readonly Reservation[] {
    const reservations = [...this.#claims.values()].map(({ reservation }) => reservation);
    return reservations.filter((each) => each.pool === pool && this.holdsSlot(each.rid));
  }

  handOver(rid: string): void {
    const claim = this.#claims.get(rid);
    if (claim !== undefined) claim.isHandedOver = true;
  }

  isHandedOver(rid: string): boolean {
    return this.#claims.get(rid)?.isHandedOver === true;
  }

  #offer(candidate: CapacityCandidate, at: { readonly now: number; readonly downSinceMs: number }): LocalOffer {
    const paced = this.#paced(candidate, at);
    const { concurrency } = candidate.limits;
    if (concurrency === undefined) return paced;
    const slots = Math.floor(concurrency * this.#share());
    if (this.#slots.heldOf(candidate.quotaGroup) < slots) return paced;
    return { ...paced, atMs: Infinity, blockedBy: 'concurrency' };
  }

  #paced(candidate: CapacityCandidate, at: { readonly now: number; readonly downSinceMs: number }): LocalOffer {
    const gaps = gapsOf(candidate, this.#share());
    const pausedUntilMs = this.#pauses.untilMs(candidate);
    const quietUntilMs = at.downSinceMs + startsUnderWayMs;
    const fromMs = Math.max(at.now, pausedUntilMs, quietUntilMs);
    const from = { fromMs, emptySinceMs: at.downSinceMs, firstGaps: this.#firstGaps };
    const { atMs, blockedBy } = this.#pacerOf(candidate).earliest(gaps, from);
    const reason = blockedBy ?? (fromMs === at.now ? undefined : fromMs === pausedUntilMs ? 'pause' : 'recovery');
    return { candidate, gaps, atMs, ...(reason === undefined ? {} : { blockedBy: reason }) };
  }

  #share(): number {
    return shareOfLimits / Math.max(1, this.#options.liveWorkers());
  }

  #pacerOf({ quotaGroup }: CapacityCandidate): LocalPacer {
    const pacer = this.#pacers.get(quotaGroup) ?? new LocalPacer();
    this.#pacers.set(quotaGroup, pacer);
    return pacer;
  }

  #standing(rid: string, now: number): Claim | undefined {
    const claim = this.#claims.get(rid);
    return claim !== undefined && isStanding(claim, now) ? claim : undefined;
  }

  #reservationOf(
    { rid, pool }: ReserveRequest,
    { candidate, atMs, now, delay }: { candidate: CapacityCandidate; atMs: number; now: number; delay: object },
  ): Reservation {
    const { endpoint, quotaGroup } = candidate;
    const startInMs = Math.max(0, Math.ceil(atMs - now));
    return {
      rid,
      pool,
      endpoint,
      quotaGroup,
      startAt: Math.ceil(atMs),
      startInMs,
      leaseMs: this.#options.leaseMs,
      ...delay,
    };
  }

  #keep(rid: string, claim: Claim): void {
    this.#claims.set(rid, claim);
    this.#slots.hold(rid, { quotaGroup: claim.candidate.quotaGroup, untilMs: claim.leaseEndsAtMs });
  }

  /** Kept anew, so that the oldest stand first. */
  #extend(rid: string, claim: Claim, untilMs: number): void {
    claim.leaseEndsAtMs = untilMs;
    this.#claims.delete(rid);
    this.#keep(rid, claim);
  }

  #tick(): number {
    const now = this.#options.now();
    this.#slots.dropLapsed(now);
    for (const [rid, { leaseEndsAtMs }] of this.#claims) {
      if (leaseEndsAtMs + keepEndedMs > now && this.#claims.size <= maxClaims) break;
      this.#claims.delete(rid);
    }
    return now;
  }
}

function isStanding({ isEnded, leaseEndsAtMs }: Claim, now: number): boolean {
  return !isEnded && leaseEndsAtMs > now;
}

function answerAgain(claim: Claim, now: number): ReserveAnswer {
  if (!isStanding(claim, now)) return { kind: 'spent' };
  return { kind: 'granted', reservation: { ...claim.reservation, startInMs: Math.ceil(claim.startAtMs - now) } };
}
