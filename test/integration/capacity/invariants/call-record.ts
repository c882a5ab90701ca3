/**
 * What became of every claim, whoever made it, and what must hold for all of them together. It is filled by callers in
 * virtual time and by processes in real time; the rules are the same. All times are ms on the provider's clock.
 */
import type { Lane, LimitDimension, Limits } from '../../../../src/contracts/settings';

/** What one request amounts to, per dimension. */
export interface Amounts {
  readonly rpm: number;
  readonly tpm: number;
  readonly inputTpm: number;
  readonly outputTpm: number;
}

export interface Claim {
  readonly rid: string;
  readonly endpoint: string;
  readonly group: string;
  readonly lane: Lane;
  readonly cost: Amounts;
  readonly maxWaitMs: number;
  /** How far ahead it was granted, or moved last. */
  toldInMs: number;
  /** In force when it was granted, or moved last. */
  limits: Limits;
  /** When it was granted, or moved last, and the start it was given then. */
  bookedAtMs: number;
  startAtMs: number;
  /** When the provider saw it; absent = it was never sent. */
  arrivedAtMs?: number;
  endedAtMs?: number;
  /** When the store was told of its end. */
  settledAtMs?: number;
  /** When its holder died, or its start where it died before that. */
  diedAtMs?: number;
  /** What the provider charges in the end; absent = `cost`. */
  charged?: Amounts;
}

/** A start as it was told, in the order of the answers and on the store's clock. */
export interface Told {
  readonly rid: string;
  readonly endpoint: string;
  readonly group: string;
  readonly lane: Lane;
  readonly startAtMs: number;
}

/** An endpoint or a quota group that a provider closed. */
export interface Pause {
  readonly closes: string;
  readonly atMs: number;
  readonly untilMs: number;
}

export interface GivenBack {
  readonly group: string;
  readonly startAtMs: number;
}

const minuteMs = 60_000;
const pacificDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' });

export class CallRecord {
  readonly claims = new Map<string, Claim>();
  readonly told: (Told | GivenBack)[] = [];
  readonly pauses: Pause[] = [];

  /** The claim's place is free again, or goes to the claim itself later on. `startAt`: on the store's clock. */
  giveBack({ rid, group }: Claim, startAt: number): void {
    this.told.push({ group, startAtMs: startAt });
    this.claims.delete(rid);
  }

  /** Everything that is wrong, each in a sentence; empty = all is well. */
  violations(): string[] {
    return [
      ...this.overfullWindows(),
      ...this.overfullSlots(),
      ...this.overfullDays(),
      ...this.startsTooLate(),
      ...this.startsInPauses(),
      ...this.startsBackwards(),
    ];
  }

  /** How many leases a group may have: of the claims that somebody holds, and of the dead not long ago. */
  leases(group: string, atMs: number, longestMs: number): { readonly least: number; readonly most: number } {
    const standing = [...this.claims.values()].filter(
      (claim) => claim.group === group && claim.bookedAtMs <= atMs && claim.settledAtMs === undefined,
    );
    const dead = standing.filter(({ diedAtMs = Infinity }) => diedAtMs <= atMs);
    const recent = dead.filter(({ diedAtMs = Infinity }) => atMs <= diedAtMs + longestMs);
    return { least: standing.length - dead.length, most: standing.length - dead.length + recent.length };
  }

  /** Invariant 1: what arrives in any closed window, as far as it was announced, is within the limit, or so much over. */
  overfullWindows(slack: Slack = { secondsOver: 0, largestOver: 0 }): string[] {
    return this.byGroup().flatMap(([group, claims]) =>
      (['rpm', 'tpm', 'inputTpm', 'outputTpm'] as const).flatMap((dimension) =>
        windowsOf(claims, dimension).flatMap((window) => overfull(group, claims, { dimension, slack, ...window })),
      ),
    );
  }

  overfullSlots(): string[] {
    return this.byGroup().flatMap(([group, claims]) =>
      claims.flatMap((claim) => {
        const inFlight = claims.filter((other) => other === claim || isInFlight(other, claim.arrivedAtMs));
        const limit = Math.max(...inFlight.map(({ limits }) => limits.concurrency ?? Infinity));
        if (inFlight.length <= limit) return [];
        return [`concurrency of ${group}: ${inFlight.length} in flight at ${claim.arrivedAtMs}, ${limit} allowed`];
      }),
    );
  }

  overfullDays(): string[] {
    return this.byGroup().flatMap(([group, claims]) => {
      const days = Map.groupBy(claims, ({ arrivedAtMs }) => pacificDay.format(arrivedAtMs));
      return [...days].flatMap(([day, arrived]) => {
        const limit = Math.max(...arrived.map(({ limits }) => limits.rpd ?? Infinity));
        return arrived.length <= limit ? [] : [`rpd of ${group}: ${arrived.length} on ${day}, ${limit} allowed`];
      });
    });
  }

  /** Invariant 4, first part. */
  startsTooLate(): string[] {
    return [...this.claims.values()]
      .filter(({ toldInMs, maxWaitMs }) => toldInMs > maxWaitMs)
      .map(({ rid, toldInMs, maxWaitMs }) => `${rid} starts in ${toldInMs} ms, its caller waits ${maxWaitMs}`);
  }

  /** Nothing that is booked while somewhere is closed starts there before it opens. */
  startsInPauses(): string[] {
    return [...this.claims.values()].flatMap(({ rid, endpoint, group, bookedAtMs, startAtMs }) =>
      this.pauses
        .filter(({ closes }) => closes === endpoint || closes === group)
        .filter(({ atMs, untilMs }) => atMs < bookedAtMs && startAtMs < untilMs)
        .map(({ closes, untilMs }) => `${rid} starts at ${startAtMs}, ${closes} is closed until ${untilMs}`),
    );
  }

  /** Invariant 4, second part: within an endpoint and lane, but for places that somebody gave back. */
  startsBackwards(): string[] {
    const latest = new Map<string, number>();
    const free = new Set<string>();
    const violations: string[] = [];
    for (const each of this.told) {
      const place = `${each.group} ${each.startAtMs}`;
      if (!('rid' in each)) {
        free.add(place);
        continue;
      }
      const queue = `${each.endpoint} ${each.lane}`;
      const before = latest.get(queue) ?? -Infinity;
      if (each.startAtMs < before && !free.has(place)) {
        violations.push(`${each.rid} starts at ${each.startAtMs} on ${each.endpoint}, ${each.lane} was at ${before}`);
      }
      latest.set(queue, Math.max(before, each.startAtMs));
    }
    return violations;
  }

  /** Those that were sent, of each quota group, in the order of their arrival. */
  private byGroup(): [string, ArrivedClaim[]][] {
    const arrived = [...this.claims.values()].filter((claim): claim is ArrivedClaim => claim.arrivedAtMs !== undefined);
    arrived.sort((a, b) => a.arrivedAtMs - b.arrivedAtMs);
    return [...Map.groupBy(arrived, ({ group }) => group)];
  }
}

type ArrivedClaim = Claim & { readonly arrivedAtMs: number };
type Dimension = keyof Amounts;

interface Window {
  readonly lengthMs: number;
  limitOf(limits: Limits): number;
}

function windowsOf(claims: readonly Claim[], dimension: Dimension): Window[] {
  const minute: Window = { lengthMs: minuteMs, limitOf: (limits) => limitIn(limits, dimension) };
  if (dimension !== 'rpm') return [minute];
  const lengths = new Set(claims.map(({ limits }) => limits.requestWindowMs ?? 10_000));
  return [minute, ...[...lengths].map((lengthMs) => ({ lengthMs, limitOf: judgedOn(lengthMs) }))];
}

/** A share of the limit that is less than one request says nothing. */
function judgedOn(lengthMs: number): Window['limitOf'] {
  return (limits) => {
    const isJudged = (limits.requestWindowMs ?? 10_000) === lengthMs;
    const admitted = (limitIn(limits, 'rpm') * lengthMs) / minuteMs;
    return isJudged && admitted >= 1 ? admitted : Infinity;
  };
}

function limitIn(limits: Limits, dimension: LimitDimension): number {
  return limits[dimension] ?? Infinity;
}

/** Seconds of the limit's rate, and the largest call so many times. */
export interface Slack {
  readonly secondsOver: number;
  readonly largestOver: number;
}

interface Judged extends Window {
  readonly dimension: Dimension;
  readonly slack: Slack;
}

/** Windows that end with an arrival; others hold no more. The limit is the highest that any in it was granted under. */
function overfull(group: string, claims: readonly ArrivedClaim[], judged: Judged): string[] {
  const { dimension, lengthMs, limitOf, slack } = judged;
  let first = 0;
  for (const [last, { arrivedAtMs: atMs }] of claims.entries()) {
    while ((claims[first]?.arrivedAtMs ?? atMs) < atMs - lengthMs) first++;
    const within = claims.slice(first, last + 1);
    const amounts = within.map((claim) => announced(claim, dimension, atMs));
    // One that was granted before its limit was lowered below it goes on its own.
    const largest = Math.max(...amounts);
    const told = Math.max(largest, ...within.map(({ limits }) => limitOf(limits)));
    if (told === Infinity) continue;
    const limit = told + (slack.secondsOver * 1_000 * told) / lengthMs + slack.largestOver * largest;
    const units = amounts.reduce((sum, amount) => sum + amount, 0);
    if (units <= limit) continue;
    const rids = within.map(({ rid }) => rid).join(' ');
    return [`${dimension} of ${group}: ${units} in the ${lengthMs} ms until ${atMs}, ${limit} allowed (${rids})`];
  }
  return [];
}

/** What the provider has charged by then, as far as it was announced: nobody can plan for more. */
function announced({ cost, charged, endedAtMs = Infinity }: Claim, dimension: Dimension, atMs: number): number {
  const isKnown = charged !== undefined && endedAtMs <= atMs;
  return isKnown ? Math.min(charged[dimension], cost[dimension]) : cost[dimension];
}

function isInFlight({ arrivedAtMs, endedAtMs = Infinity }: ArrivedClaim, atMs: number): boolean {
  return arrivedAtMs <= atMs && atMs < endedAtMs;
}
