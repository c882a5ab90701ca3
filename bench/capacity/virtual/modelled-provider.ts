/** The provider in virtual time: the simulator's limiters on a clock of their own, and a ledger of what it saw. */
import type { LimitReading } from '../../../src/contracts/capacity';
import { readLimits as readAnthropicLimits } from '../../../src/providers/anthropic/read-limits';
import { ageReadings } from '../../../src/providers/limit-readings';
import { readLimits as readOpenAiLimits } from '../../../src/providers/openai/read-limits';
import { readRetryAfter } from '../../../src/providers/retry-after';
import { createLimiter } from '../../../src/simulator';
import type { EndpointLimiter } from '../../../src/simulator';
import { createRandom } from '../../../src/simulator/random';
import type { Random } from '../../../src/simulator/random';
import { limitHeaders } from '../../../src/simulator/wire/limit-headers';
import type { SeenRequest } from '../measure';
import { latency, bindingUnits, ownInputTokens } from '../plan';
import type { Plan } from '../plan';
import type { Shape } from '../population';
import type { Call, Outcome } from '../world';
import type { Timeline } from './timeline';

/** Time from a start to the provider: log-normal around 20 ms, never beyond what the engine plans for. */
const dispatch = { medianMs: 20, sigma: 0.6 } as const;
/** Clocks are kept by NTP, so they agree that well. */
const largestClockErrorMs = 25;
/** How often a long answer's tokens are charged. */
const chargeEveryMs = 500;

export class ModelledProvider {
  readonly seen: SeenRequest[] = [];
  private readonly random: Random;
  private readonly limiters: readonly EndpointLimiter[];
  private readonly clockErrorMs: number;
  private readonly ownInput = new Map<Shape, number>();

  constructor(
    private readonly plan: Plan,
    private readonly timeline: Timeline,
    private readonly jitterMs: number,
  ) {
    const { seed, cell } = plan;
    this.random = createRandom('provider', seed, cell.provider, cell.binding, cell.window ?? '');
    this.clockErrorMs = largestClockErrorMs * (2 * this.random.next() - 1);
    this.limiters = plan.provided.map(({ limits, chargesFailedRequests }, region) => {
      const settings = {
        name: plan.endpoints[region]?.name ?? '',
        limits: limits as Parameters<typeof createLimiter>[0]['limits'],
        chargesFailedRequests: chargesFailedRequests === true,
      };
      return createLimiter(settings, { now: () => this.ownNow() }, seed);
    });
  }

  async serve(region: number, call: Call): Promise<Outcome> {
    const { timeline, plan } = this;
    const limiter = this.limiters[region] as EndpointLimiter;
    const sentAtMs = timeline.now();
    await timeline.sleep(Math.min(this.jitterMs, this.random.lognormal(dispatch.medianMs, dispatch.sigma)));
    const input = this.ownInputOf(call.shape);
    const { maxOutputTokens, outputTokens: output } = call.shape;
    const upfront = this.isAnthropic ? input : input + maxOutputTokens;
    const claim = limiter.admit({ upfrontTokens: upfront, inputTokens: input, outputLimit: maxOutputTokens });
    const atMs = timeline.now();
    if (!claim.isAdmitted) {
      this.seen.push({ atMs, isAdmitted: false, units: 0 });
      await timeline.sleep(this.random.lognormal(dispatch.medianMs, dispatch.sigma));
      const { waitMs } = claim;
      const headers = waitMs === undefined || !Number.isFinite(waitMs) ? {} : this.headerStyle.ofRetry(waitMs);
      const retryAfterMs = readRetryAfter(new Headers(headers));
      return { kind: 'rateLimited', ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    const request: SeenRequest = { atMs, isAdmitted: true, units: bindingUnits(plan, { upfront, input, output }) };
    this.seen.push(request);
    await timeline.sleep(this.random.lognormal(latency.firstTokenMs, latency.sigma));
    const told = this.readLimits(limiter);
    const toldAtMs = timeline.now();
    await this.generate(limiter, claim, output);
    limiter.settle(claim);
    request.endedAtMs = timeline.now();
    await timeline.sleep(this.random.lognormal(dispatch.medianMs / 2, dispatch.sigma));
    const usage = { inputTokens: input, outputTokens: output };
    const limits = ageReadings(told, timeline.now() - toldAtMs);
    return { kind: 'answered', usage, latencyMs: timeline.now() - sentAtMs, ...(limits.length > 0 && { limits }) };
  }

  /** Evenly, a piece at a time. */
  private async generate(limiter: EndpointLimiter, claim: Parameters<EndpointLimiter['generate']>[0], output: number) {
    const pieces = Math.ceil(((output / latency.tokensPerSecond) * 1_000) / chargeEveryMs);
    for (let piece = 0; piece < pieces; piece++) {
      const tokens = Math.floor((output * (piece + 1)) / pieces) - Math.floor((output * piece) / pieces);
      await this.timeline.sleep((tokens / latency.tokensPerSecond) * 1_000);
      limiter.generate(claim, tokens);
    }
  }

  private ownInputOf(shape: Shape): number {
    const known = this.ownInput.get(shape);
    if (known !== undefined) return known;
    const tokens = ownInputTokens(this.plan, shape);
    this.ownInput.set(shape, tokens);
    return tokens;
  }

  /** As the product reads it: out of headers, with their roundings. */
  private readLimits(limiter: EndpointLimiter): readonly LimitReading[] {
    const nowMs = this.ownNow();
    const headers = new Headers(this.headerStyle.ofState(limiter.read(), nowMs));
    return this.isAnthropic ? readAnthropicLimits(headers, nowMs) : readOpenAiLimits(headers);
  }

  private get isAnthropic(): boolean {
    return this.plan.endpoints[0]?.provider === 'anthropic';
  }

  private get headerStyle() {
    return limitHeaders[this.plan.provided[0]?.headers ?? 'none'];
  }

  private ownNow(): number {
    return this.timeline.now() + this.clockErrorMs;
  }
}
