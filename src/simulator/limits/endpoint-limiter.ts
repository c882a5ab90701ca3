/** All limits of one endpoint: every request passes all of them at once, or none is charged for its tokens. */
import type { Clock } from '../clock';
import { createRandom } from '../random';
import type { LimitSettings } from './limit-settings';
import type { Limiter, LimiterReading } from './limiter';
import { openWindow } from './window-kinds';
import type { WindowKind } from './window-kinds';

const countedDimensions = ['rpm', 'tpm', 'inputTpm', 'outputTpm', 'rpd'] as const;
export type CountedDimension = (typeof countedDimensions)[number];
export type Dimension = CountedDimension | 'concurrency';
export type LimitReadings = Readonly<Partial<Record<CountedDimension, LimiterReading>>>;

/** What a call asks of the limits, in the endpoint's own tokens. */
export interface CallSize {
  /** Charged against tpm at admission. */
  readonly upfrontTokens: number;
  readonly inputTokens: number;
  /** Largest output it may have. */
  readonly outputLimit: number;
}

export interface LimiterSettings {
  readonly name: string;
  readonly limits: LimitSettings;
  /** Whether a request that is turned away still counts as one against rpm and rpd. */
  readonly chargesFailedRequests: boolean;
}

/** An admitted call. It holds its place until it is settled. */
export interface Claim extends CallSize {
  readonly isAdmitted: true;
  readonly admittedAtMs: number;
  /** Output charged at admission, before it was generated. */
  readonly reservedOutput: number;
  generatedTokens: number;
  /** Against tpm, by now. */
  chargedTokens: number;
  isSettled: boolean;
}

/** Why a call was turned away: the dimension that is furthest from admitting it. */
export interface Refusal {
  readonly isAdmitted: false;
  readonly dimension: Dimension;
  readonly limit: number;
  readonly remaining: number;
  readonly requested: number;
  /** Infinity: larger than the limit, will never be admitted. Absent: nobody knows (concurrency). */
  readonly waitMs?: number;
}

interface OpenLimiter {
  readonly kind: WindowKind;
  readonly limiter: Limiter;
}

/** Times of today have a resolution of a quarter of a microsecond: whoever waits exactly as told is not too early. */
const toleranceMs = 0.001;

/** Every `nowMs` is the clock's time unless given, and never before an earlier one. */
export class EndpointLimiter {
  private readonly limiters = new Map<CountedDimension, OpenLimiter>();
  private inFlightNow = 0;
  private inFlightPeak = 0;

  constructor(
    private settings: LimiterSettings,
    private readonly clock: Clock,
    private readonly seed: number,
  ) {
    this.configure(settings);
  }

  /** New limits. What was charged still counts, unless the dimension is counted in another kind of window from now on. */
  configure(settings: LimiterSettings, nowMs = this.clock.now()): void {
    this.settings = settings;
    for (const dimension of countedDimensions) {
      const limit = settings.limits[dimension];
      const kind = windowOf(settings.limits, dimension);
      const known = this.limiters.get(dimension);
      if (limit === undefined) this.limiters.delete(dimension);
      else if (known?.kind === kind) known.limiter.resize(limit, nowMs);
      else {
        const random = createRandom(this.seed, settings.name, 'window', dimension);
        this.limiters.set(dimension, { kind, limiter: openWindow(kind, limit, random) });
      }
    }
  }

  /** Charges and lets in; or charges at most the failed request, and says why. */
  admit(call: CallSize, nowMs = this.clock.now()): Claim | Refusal {
    const refusal = this.refusals(call, nowMs).sort((a, b) => (b.waitMs ?? 0) - (a.waitMs ?? 0))[0];
    if (refusal !== undefined) {
      this.chargeFailed(nowMs);
      return refusal;
    }
    for (const dimension of this.limiters.keys()) this.charge(dimension, this.chargeOf(dimension, call), nowMs);
    this.inFlightNow += 1;
    this.inFlightPeak = Math.max(this.inFlightPeak, this.inFlightNow);
    const { upfrontTokens, inputTokens, outputLimit } = call;
    return {
      isAdmitted: true,
      upfrontTokens,
      inputTokens,
      outputLimit,
      admittedAtMs: nowMs,
      reservedOutput: this.chargeOf('outputTpm', call),
      generatedTokens: 0,
      chargedTokens: upfrontTokens,
      isSettled: false,
    };
  }

  /** Counts output as it is generated. */
  generate(claim: Claim, tokens: number, nowMs = this.clock.now()): void {
    claim.generatedTokens += tokens;
    if (claim.reservedOutput === 0) this.charge('outputTpm', tokens, nowMs);
  }

  /** The call is over, however it ended: frees its place and gives back what the provider gives back. Twice is once. */
  settle(claim: Claim, nowMs = this.clock.now()): void {
    if (claim.isSettled) return;
    claim.isSettled = true;
    this.inFlightNow -= 1;
    const giveBack = (dimension: CountedDimension, tokens: number): void => {
      this.limiters.get(dimension)?.limiter.giveBack(tokens, claim.admittedAtMs, nowMs);
    };
    giveBack('outputTpm', Math.max(0, claim.reservedOutput - claim.generatedTokens));
    if (this.settings.limits.refundsOutput !== true) return;
    const unused = Math.max(0, claim.upfrontTokens - claim.inputTokens - claim.generatedTokens);
    giveBack('tpm', unused);
    claim.chargedTokens -= unused;
  }

  /** A request that failed before it reached the limits, e.g. a malformed one. */
  chargeFailed(nowMs = this.clock.now()): void {
    if (!this.settings.chargesFailedRequests) return;
    for (const dimension of ['rpm', 'rpd'] as const) this.charge(dimension, 1, nowMs);
  }

  read(nowMs = this.clock.now()): LimitReadings {
    const readings = [...this.limiters].map(([dimension, { limiter }]) => [dimension, limiter.read(nowMs)] as const);
    return Object.fromEntries(readings);
  }

  get inFlight(): number {
    return this.inFlightNow;
  }

  get maxInFlight(): number {
    return this.inFlightPeak;
  }

  resetPeak(): void {
    this.inFlightPeak = this.inFlightNow;
  }

  private charge(dimension: CountedDimension, units: number, nowMs: number): void {
    if (units > 0) this.limiters.get(dimension)?.limiter.charge(units, nowMs);
  }

  private refusals(call: CallSize, nowMs: number): Refusal[] {
    const refusals: Refusal[] = [];
    for (const [dimension, { limiter }] of this.limiters) {
      const requested = this.needOf(dimension, call);
      const waitMs = limiter.waitMs(requested, nowMs);
      if (waitMs < toleranceMs) continue;
      const { limit, remaining } = limiter.read(nowMs);
      refusals.push({ isAdmitted: false, dimension, limit, remaining, requested, waitMs });
    }
    const { concurrency } = this.settings.limits;
    if (concurrency !== undefined && this.inFlightNow >= concurrency) {
      const state = { limit: concurrency, remaining: 0, requested: 1 };
      refusals.push({ isAdmitted: false, dimension: 'concurrency', ...state });
    }
    return refusals;
  }

  /** What must be free for a call to be admitted. */
  private needOf(dimension: CountedDimension, call: CallSize): number {
    return dimension === 'outputTpm' ? Math.max(1, this.chargeOf(dimension, call)) : this.chargeOf(dimension, call);
  }

  /** What an admitted call is charged at once. */
  private chargeOf(dimension: CountedDimension, call: CallSize): number {
    switch (dimension) {
      case 'rpm':
      case 'rpd':
        return 1;
      case 'tpm':
        return call.upfrontTokens;
      case 'inputTpm':
        return call.inputTokens;
      case 'outputTpm':
        return this.settings.limits.reservesOutput === true ? call.outputLimit : 0;
    }
  }
}

function windowOf({ window = {} }: LimitSettings, dimension: CountedDimension): WindowKind {
  if (dimension === 'rpd') return 'pacificDay';
  return (dimension === 'rpm' ? window.requests : window.tokens) ?? 'slidingMinute';
}
