/** One call as the providers' SDKs make it: two retries, by the header or else half a second, doubled, jittered. */
import type { Call, Outcome, World } from '../world';

const maxRetries = 2;
const backoff = { firstMs: 500, capMs: 8_000, jitter: 0.25 } as const;
/** A longer hint is not followed. */
const longestHintMs = 60_000;

export async function sendAsSdk(world: World, region: number, call: Call): Promise<Outcome> {
  for (let retry = 0; ; retry++) {
    const outcome = await world.send(region, call, `${call.id}/${retry}`);
    if (outcome.kind !== 'rateLimited' || retry === maxRetries) return outcome;
    const { retryAfterMs } = outcome;
    const ownMs = Math.min(backoff.capMs, backoff.firstMs * 2 ** retry) * (1 - backoff.jitter * world.random());
    await world.sleep(retryAfterMs !== undefined && retryAfterMs <= longestHintMs ? retryAfterMs : ownMs);
  }
}
