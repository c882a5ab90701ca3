/** The life of one caller: asks, comes back, confirms, calls, renews, settles; or gives up, or dies on the way. */
import type { CapacityCandidate, Reservation, ReserveAnswer, ReserveRequest } from '../../../../src/contracts/capacity';
import type { Limits } from '../../../../src/contracts/settings';
import { HoldfastError } from '../../../../src/errors';
import { capacitySettings } from '../open-capacity';
import type { Agenda } from './agenda';
import type { Opened } from './open-sequence';
import type { Amounts, Claim, CallRecord } from './call-record';
import type { Caller, Scenario } from './scenario';

const { jitterMs, leaseMs } = capacitySettings;
/** As `callModel` does it. */
const renewEveryMs = leaseMs / 3;

export interface Stage {
  readonly scenario: Scenario;
  readonly opened: Opened;
  readonly agenda: Agenda;
  readonly record: CallRecord;
  /** What no rule of the record says: answers that contradict each other, readings that cannot be. */
  readonly oddities: string[];
  /** In force, by quota group. */
  readonly limits: Record<string, Limits>;
  /** Quota groups that somebody has asked for. */
  readonly used: Set<string>;
  /** When all state was lost. */
  readonly lostAtMs: number[];
  /** When the store's clock was set back. Until the next call it stands still. */
  readonly setBackAtMs: number[];
}

export class Session {
  /** Of the first grant: the start on the store's clock. */
  #startAt: number | undefined;
  #hasLostAnswer = false;

  constructor(
    private readonly stage: Stage,
    private readonly caller: Caller,
    private readonly rid: string,
    private readonly cameAtMs: number,
  ) {}

  async asks(): Promise<void> {
    const { stage, caller, rid } = this;
    const request = requestOf(stage, caller, rid);
    const answers = await this.#deliver(() => reserve(stage, request));
    for (const { quotaGroup } of request.candidates) stage.used.add(quotaGroup);
    const [answer] = answers;
    const grant = answers.find((each) => each.kind === 'granted');
    const known = stage.record.claims.get(rid);
    // What was granted may be forgotten with everything else.
    if (grant === undefined && known !== undefined) stage.record.giveBack(known, this.#startAt ?? NaN);
    const claim = grant && this.#note(request, grant.reservation);
    if (answer?.kind === 'granted' && claim !== undefined) return this.#isGranted(claim, answer.reservation);
    if (answer?.kind !== 'wait') return;
    if (!(answer.retryInMs > 0)) stage.oddities.push(`${rid} is told to come back in ${answer.retryInMs} ms`);
    if (caller.fate === 'diesWaiting' || caller.patienceMs === 0) {
      if (claim !== undefined) claim.diedAtMs = claim.startAtMs;
      return;
    }
    const backAtMs = this.#nowMs + answer.retryInMs;
    if (backAtMs <= this.cameAtMs + caller.patienceMs) stage.agenda.at(backAtMs, () => this.asks());
    else await this.#leaves(claim);
  }

  /** A claim that is known already has to be the same as before. */
  #note({ lane, maxWaitMs }: ReserveRequest, reservation: Reservation): Claim {
    const { record, limits, oddities, lostAtMs } = this.stage;
    const { rid, endpoint, quotaGroup: group, startInMs, startAt } = reservation;
    const known = record.claims.get(rid);
    const startAtMs = this.#nowMs + startInMs;
    if (known !== undefined && startAt === this.#startAt) {
      known.startAtMs = startAtMs;
      return known;
    }
    if (known !== undefined && lostAtMs.every((atMs) => atMs < known.bookedAtMs)) {
      oddities.push(`${rid} starts at ${this.#startAt}, asked again at ${startAt}`);
    }
    this.#startAt = startAt;
    const claim: Claim = {
      ...{ rid, endpoint, group, lane, maxWaitMs, toldInMs: startInMs },
      cost: costOf(this.stage, this.caller),
      limits: limits[group] ?? {},
      bookedAtMs: this.#nowMs,
      startAtMs,
    };
    record.claims.set(rid, claim);
    record.told.push({ rid, endpoint, group, lane, startAtMs: startAt });
    return claim;
  }

  #isGranted(claim: Claim, reservation: Reservation): void {
    const { losesAnswerForMs } = this.caller;
    if (this.#hasLostAnswer || losesAnswerForMs === 0) return this.#acts(claim, reservation);
    this.#hasLostAnswer = true;
    this.stage.agenda.at(this.#nowMs + losesAnswerForMs, () => this.asks());
  }

  async #leaves(claim: Claim | undefined): Promise<void> {
    const { store, pool } = this.stage.opened;
    await this.#deliver(() => store.release({ rid: this.rid, pool }));
    if (claim !== undefined) this.stage.record.giveBack(claim, this.#startAt ?? NaN);
  }

  #acts(claim: Claim, reservation: Reservation): void {
    const { agenda } = this.stage;
    const { fate, lateMs } = this.caller;
    const nowMs = this.#nowMs;
    if (fate === 'diesWaiting') claim.diedAtMs = claim.startAtMs;
    else if (fate === 'givesUp') {
      const leavesAtMs = Math.min(nowMs + Math.max(0, lateMs), claim.startAtMs);
      agenda.at(Math.max(nowMs, leavesAtMs), () => this.#leaves(claim));
    } else if (fate === 'confirms' || claim.startAtMs < nowMs) {
      agenda.at(Math.max(nowMs, claim.startAtMs + lateMs), () => this.#confirms(claim, reservation));
    } else this.#sends(claim, reservation, this.caller.dispatchMs);
  }

  async #confirms(claim: Claim, reservation: Reservation): Promise<void> {
    const { record, opened, limits } = this.stage;
    const [answer] = await this.#deliver(() => opened.store.confirm(reservation));
    const lateMs = this.#nowMs - claim.startAtMs;
    if (answer?.kind === 'confirmed' && lateMs <= jitterMs && answer.startInMs === Math.max(0, -lateMs)) {
      // It kept its start, and what it is late is part of the delay that was planned for.
      return this.#sends(claim, reservation, Math.max(this.caller.dispatchMs, lateMs));
    }
    record.giveBack(claim, reservation.startAt);
    if (answer?.kind !== 'confirmed') return;
    claim.bookedAtMs = this.#nowMs;
    claim.toldInMs = answer.startInMs;
    claim.startAtMs = this.#nowMs + answer.startInMs;
    claim.limits = limits[claim.group] ?? {};
    record.claims.set(claim.rid, claim);
    this.#sends(claim, reservation, this.caller.dispatchMs);
  }

  #sends(claim: Claim, reservation: Reservation, dispatchMs: number): void {
    const { agenda, opened } = this.stage;
    const arrivesAtMs = claim.startAtMs + dispatchMs;
    const endsAtMs = arrivesAtMs + this.caller.durationMs;
    agenda.at(arrivesAtMs, async () => void (claim.arrivedAtMs = arrivesAtMs));
    for (let atMs = claim.startAtMs + renewEveryMs; atMs < endsAtMs; atMs += renewEveryMs) {
      agenda.at(atMs, () => this.#deliver(() => opened.store.renew(reservation)));
    }
    agenda.at(endsAtMs, async () => {
      claim.endedAtMs = endsAtMs;
      // Of one that dies the provider sees its connection break, and nobody tells the store.
      if (this.caller.fate === 'diesCalling') claim.diedAtMs = endsAtMs;
      else await this.#settles(claim, reservation);
    });
  }

  async #settles(claim: Claim, { rid, pool, endpoint, quotaGroup }: Reservation): Promise<void> {
    const { opened, record, agenda } = this.stage;
    const { outcome, chargedPercent, isFault, blockedForMs, headers } = this.caller.ending;
    const of = (amount: number): number => Math.ceil((amount * (chargedPercent ?? 100)) / 100);
    const { tpm, inputTpm, outputTpm } = claim.cost;
    const actual = { tokens: of(tpm), inputTokens: of(inputTpm), outputTokens: of(outputTpm) };
    if (chargedPercent !== undefined && outcome !== 'unknown') {
      claim.charged = { rpm: 1, tpm: actual.tokens, inputTpm: actual.inputTokens, outputTpm: actual.outputTokens };
    } else if (outcome === 'refused') {
      claim.charged = { rpm: 1, tpm: 0, inputTpm: 0, outputTpm: 0 };
    }
    claim.settledAtMs = this.#nowMs;
    const settle = (): Promise<void> =>
      opened.store.settle({
        ...{ rid, pool, endpoint, quotaGroup, outcome, isFault, limits: headers, latencyMs: this.caller.durationMs },
        ...(chargedPercent !== undefined && { actual }),
        ...(blockedForMs !== undefined && { blockedForMs }),
      });
    await this.#deliver(settle);
    agenda.at(this.#nowMs + 2_500, async () => (this.caller.deliveries > 1 ? settle() : undefined));
    const closedMs = outcome === 'rateLimited' || outcome === 'dead' ? (blockedForMs ?? 1_000) : 0;
    const closes = outcome === 'rateLimited' ? quotaGroup : endpoint;
    record.pauses.push({ closes, atMs: this.#nowMs, untilMs: this.#nowMs + closedMs });
  }

  /** Sends a message as often as the caller's network makes it; all answers have to agree. The caller hears the first. */
  async #deliver<T>(send: () => Promise<T>): Promise<readonly T[]> {
    const answers = await Promise.all(Array.from({ length: this.caller.deliveries }, send));
    const odd = answers.slice(1).find((answer, index) => !agree(answers[index], answer));
    if (odd !== undefined) this.stage.oddities.push(`a message of ${this.rid} was answered ${JSON.stringify(answers)}`);
    return answers;
  }

  get #nowMs(): number {
    return this.stage.agenda.nowMs;
  }
}

/** A request that no endpoint can take any more is as good as answered. */
export async function reserve(
  { opened }: Stage,
  request: ReserveRequest,
): Promise<ReserveAnswer | { readonly kind: 'tooLarge' }> {
  try {
    return await opened.store.reserve(request);
  } catch (error) {
    if (error instanceof HoldfastError && error.type === 'Capacity.RequestTooLarge') return { kind: 'tooLarge' };
    throw error;
  }
}

export function candidatesOf({ scenario }: Stage, cost: Amounts, indexes: readonly number[]): CapacityCandidate[] {
  return indexes.map((index) => {
    const quotaGroup = scenario.groups[index] ?? 'one';
    return {
      endpoint: `${quotaGroup}-${index}`,
      quotaGroup,
      limits: scenario.limits[quotaGroup] ?? {},
      cost: { tokens: cost.tpm, inputTokens: cost.inputTpm, outputTokens: cost.outputTpm },
    };
  });
}

function requestOf(stage: Stage, caller: Caller, rid: string): ReserveRequest {
  const { endpoints, spillAfterMs, lane, priority, tenant, maxWaitMs, isRetry, patienceMs } = caller;
  const candidates = candidatesOf(stage, costOf(stage, caller), endpoints);
  return {
    ...{ rid, pool: stage.opened.pool, lane, priority, tenant, maxWaitMs, isRetry, queues: patienceMs > 0 },
    candidates: spillAfterMs === undefined ? candidates : candidates.map((each, rank) => ({ ...each, rank })),
    ...(spillAfterMs !== undefined && { spillAfterMs }),
  };
}

export function costOf({ scenario }: Stage, asked: Pick<Caller, 'endpoints' | 'sizePercent'>): Amounts {
  const { tpm, inputTpm, outputTpm } = scenario.limits[scenario.groups[asked.endpoints[0] ?? 0] ?? ''] ?? {};
  const of = (limit = 1_000): number => Math.ceil((asked.sizePercent * limit) / 100);
  return { rpm: 1, tpm: of(tpm), inputTpm: of(inputTpm), outputTpm: of(outputTpm) };
}

/** A wait is no promise: asked again, its rid may be told another time, or be granted. */
function agree(one: unknown, next: unknown): boolean {
  return (one as { kind?: string } | undefined)?.kind === 'wait' || JSON.stringify(one) === JSON.stringify(next);
}
