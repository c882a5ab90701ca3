/** Where callers live: virtual time with modelled providers, or real time with SDK clients and HTTP. */
import type { LimitReading } from '../../src/contracts/capacity';
import type { Lane } from '../../src/contracts/settings';
import type { Usage } from '../../src/contracts/usage';
import type { Shape } from './population';

/** One request that somebody wants answered. */
export interface Call {
  readonly id: string;
  readonly shape: Shape;
  readonly lane: Lane;
  readonly tenant: string;
  /** When the caller gives up, in the world's time. */
  readonly leavesAt: number;
}

export type Outcome =
  | {
      readonly kind: 'answered';
      readonly usage: Usage;
      readonly latencyMs: number;
      readonly limits?: readonly LimitReading[];
    }
  | { readonly kind: 'rateLimited'; readonly retryAfterMs?: number }
  /** Anything else; only over HTTP. */
  | { readonly kind: 'failed' };

export interface World {
  /** Milliseconds; whole ones in virtual time. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Virtual time stands still while something outside of it works. */
  outside<T>(work: Promise<T>): Promise<T>;
  /** 0 inclusive to 1 exclusive. */
  random(): number;
  /** Sends a request to the endpoint at this index, now; what is between here and there takes its time. */
  send(region: number, call: Call, requestId: string): Promise<Outcome>;
}

/** Takes care of one call until it is answered or its caller has left. */
export type Caller = (call: Call) => Promise<void>;
