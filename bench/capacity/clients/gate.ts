/** What stands between a caller of a peer and the provider. */
import type { Plan } from '../plan';
import type { Call } from '../world';

export interface PeerCost {
  readonly requests: number;
  readonly tokens: number;
}

/** Calls `send` when and where the call may go out. False when the caller left before that. */
export type Gate = (call: Call, cost: PeerCost, send: (region: number) => Promise<void>) => Promise<boolean>;

export interface PerMinute {
  readonly requests: number;
  readonly tokens: number;
}

/** What a peer is told of one region. A dimension that is not limited is Infinity. */
export function perMinuteOf({ endpoints }: Plan): PerMinute {
  const { rpm = Infinity, tpm, inputTpm } = endpoints[0]?.limits ?? {};
  return { requests: rpm, tokens: tpm ?? inputTpm ?? Infinity };
}
