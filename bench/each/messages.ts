/** What the processes of the benchmark tell each other. */

export interface ListInput {
  readonly texts: readonly string[];
  readonly concurrency: number;
}

/** A worker says it once it polls, then every second what it holds. */
export type WorkerMessage = { readonly kind: 'ready' } | { readonly kind: 'memory'; readonly rssBytes: number };
