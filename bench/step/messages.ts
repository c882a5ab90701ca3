/** What the processes of the benchmark tell each other. */

export const endpoints = ['at0', 'at50', 'at500'] as const;
export type LatencyEndpoint = (typeof endpoints)[number];

export interface SerialInput {
  /** A step's name behind `bench.`; of the bare side an endpoint's. */
  readonly endpoint: LatencyEndpoint | 'failover' | 'childTier';
  readonly steps: number;
}

export const sides = ['durable', 'bare'] as const;
export type Side = (typeof sides)[number];

/** A worker says it once it polls, or why it does not. */
export type WorkerMessage = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };
