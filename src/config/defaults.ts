/**
 * Every default of the configuration, each with its reason. Durations are written as in the file.
 * `config/holdfast.yaml` only has to say what differs from this table.
 */
export const defaults = {
  lane: 'interactive',
  route: 'headroom',
  timeouts: {
    /** A TCP and TLS handshake across an ocean takes under 1 s; one lost SYN costs 1 s, two cost 3 s. */
    connect: '5s',
    /** Long prompts and reasoning models think for many seconds before the first token; silence here is normal. */
    firstToken: '20s',
    /** Once a stream runs, chunks are tens of milliseconds apart; 15 s of silence is a stalled connection. */
    idle: '15s',
    /** About 2,000 output tokens at 40 tokens a second, with room. */
    call: '60s',
    /** Two whole calls: time for one fallback tier after the first was spent on a call that never ended. */
    step: '2m',
  },
  /** Attempts in one tier, the first included: somebody waits for an interactive step, so it gives up after two retries. */
  maximumAttempts: { interactive: 3, batch: 5 },
  parameters: {
    /** About 750 words. It is charged against tpm up front, so a generous default would cost throughput. */
    maxOutputTokens: 1024,
  },
  capacity: {
    maxWait: {
      /** What a person accepts before an answer starts; beyond it the step keeps a queue ticket. */
      interactive: '10s',
      /** Batch never books the shared clock far ahead, or interactive calls would queue behind it. */
      batch: '2s',
    },
    /** Above the workflow task timeout (10 s): a crash right after opening a step must not lose the reservation. */
    lease: '30s',
    /** Spread of dispatch measured between a granted start and the bytes leaving (design: J = 50 ms). */
    jitter: '50ms',
    retryBudget: {
      /** At most 10 % more calls than without retries, also when everything fails. */
      share: 0.1,
      /** So that a quiet pool can retry at all. */
      floor: 10,
    },
  },
  journal: {
    /** A run may lie stopped over a weekend before it is resumed or reset; its paid answers are still there then. */
    ttl: '7d',
  },
} as const;
