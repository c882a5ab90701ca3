/**
 * Every default of the configuration, each with its reason. Durations are written as in the file.
 * `config/holdfast.yaml` only has to say what differs from this table.
 */
import type { LimitProfileName, ProviderName } from '../contracts/settings';

/** How each provider counts when the endpoint does not say: its own public API, not a cloud's resale of it. */
export const profileOf: Readonly<Record<ProviderName, LimitProfileName>> = {
  openai: 'openai',
  'azure-openai': 'azure',
  anthropic: 'anthropic',
  gemini: 'gemini',
  'openai-compatible': 'selfHosted',
};

export const defaults = {
  lane: 'interactive',
  /** Endpoints that nobody weighted are equal. */
  weight: 1,
  /** Shares the load so that the next burst finds room everywhere; every other strategy gives some of that up. */
  route: 'headroom',
  /** A preference costs nobody time unless somebody says how much it may. */
  spillAfter: '0s',
  /** Complexity scores: short plain text stays small; only what has several hard properties at once gets the largest. */
  thresholds: { standard: 0.3, extended: 0.7 },
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
  /** A rule reads and computes; one that takes longer has hung. */
  ruleTimeout: '10s',
  /** A batch takes minutes at best: half a minute more makes one of many questions, and is not felt. */
  gather: '30s',
  parameters: {
    /** About 750 words. It is charged against tpm up front, so a generous default would cost throughput. */
    maxOutputTokens: 1024,
  },
  capacity: {
    maxWait: {
      /** What a person accepts before an answer starts; beyond it the step keeps a queue ticket. */
      interactive: '10s',
      /** As long; how far ahead batch books of its own accord says `batchAhead`, its guaranteed minimum may lie this far. */
      batch: '10s',
    },
    /** The longest an interactive call waits behind batch that booked before it: half a second is not felt. */
    batchAhead: '500ms',
    minimumShare: {
      /** Batch work that never moved would time out and be bought again; a tenth keeps it moving. */
      batch: 0.1,
      /** The same for standard tenants behind premium ones. */
      standard: 0.1,
    },
    /** A slot is held for the whole length of a call, so some must be free before an interactive call comes. */
    interactiveFloor: 0.1,
    tenant: {
      /** Tenants that nobody weighted are equal. */
      weight: 1,
      /** Going first is granted by name, never by default. */
      priority: 'standard',
    },
    onStoreDown: {
      /** Somebody waits: half of the limits, split over the workers, is safe and keeps them served. */
      interactive: 'localShare',
      /** Nobody waits, and what is left belongs to the interactive calls. */
      batch: 'wait',
    },
    /** The first one; nothing older exists that could overwrite it. */
    limitsVersion: 1,
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
