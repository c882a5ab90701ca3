/** When each token of one answer is due: lognormal time to the first, then an even flow. */
import type { Random } from '../random';
import type { LatencySettings } from '../settings';
import { pause } from './pause';

export class Pacer {
  private readonly startedMs = performance.now();
  private readonly firstTokenMs: number;
  private readonly tokenMs: number;

  constructor(latency: LatencySettings, random: Random, speed: number) {
    this.firstTokenMs = random.lognormal(latency.firstTokenMs, latency.sigma) / speed;
    this.tokenMs = 1_000 / latency.tokensPerSecond / speed;
  }

  /** Resolves when token `index` (0 first) is due. Rejects when `signal` aborts. */
  async until(index: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const waitMs = this.startedMs + this.firstTokenMs + index * this.tokenMs - performance.now();
    if (waitMs > 0) await pause(waitMs, signal);
  }

  /** Tokens that were due by now. */
  due(): number {
    const sinceFirstMs = performance.now() - this.startedMs - this.firstTokenMs;
    return sinceFirstMs < 0 ? 0 : 1 + Math.floor(sinceFirstMs / this.tokenMs);
  }
}
