/** Real time: the product's SDK clients over HTTP, timers as the product sets them. */
import { performance } from 'node:perf_hooks';
import { HoldfastError } from '../../../src/errors';
import { createProvider } from '../../../src/providers/create-provider';
import { requestOf } from '../clients/holdfast';
import { apiKey } from '../plan';
import type { Plan } from '../plan';
import type { Outcome, World } from '../world';

const timeouts = { connectMs: 5_000, firstTokenMs: 20_000, idleMs: 15_000, callMs: 60_000 } as const;
/** Timers fire early. */
const timerSlackMs = 2;

/** Wall time with a fraction; processes of one machine agree on it. */
export function wallNow(): number {
  return performance.timeOrigin + performance.now();
}

export function sleepFor(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0) resolve();
    else setTimeout(resolve, Math.ceil(ms) + timerSlackMs);
  });
}

/** The simulator's name of one region of a cell. */
export function accountOf(cellId: string, region: number): string {
  return `${cellId}-region-${region + 1}`;
}

export function openHttpWorld(plan: Plan, { cellId, simulatorUrl }: { cellId: string; simulatorUrl: string }): World {
  const providers = plan.endpoints.map((endpoint, region) => {
    const account = `${simulatorUrl}/${accountOf(cellId, region)}`;
    const baseUrl = endpoint.provider === 'openai' ? `${account}/v1` : account;
    return { endpoint, provider: createProvider({ endpoint: { ...endpoint, baseUrl }, apiKey }) };
  });
  return {
    now: wallNow,
    sleep: sleepFor,
    outside: (work) => work,
    random: Math.random,
    send: async (region, call, requestId): Promise<Outcome> => {
      const at = providers[region];
      if (at === undefined) throw new Error(`there is no region ${region}`);
      const request = requestOf(call.shape, at.endpoint);
      const { signal } = new AbortController();
      try {
        const answer = await at.provider.call({ request, callId: requestId, timeouts, signal });
        const { usage, durationMs: latencyMs, limits } = answer;
        return { kind: 'answered', usage, latencyMs, ...(limits !== undefined && { limits }) };
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        if (error.type !== 'Llm.RateLimited') return { kind: 'failed' };
        const { retryAfterMs } = error.details;
        return { kind: 'rateLimited', ...(retryAfterMs !== undefined && { retryAfterMs }) };
      }
    },
  };
}
