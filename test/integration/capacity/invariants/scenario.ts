/** What callers, providers and operators may do: generators that shrink to one caller who is on time. */
import fc from 'fast-check';
import type { CallOutcome, LimitReading } from '../../../../src/contracts/capacity';
import { lanes, priorities } from '../../../../src/contracts/settings';
import type { Lane, Limits, Priority } from '../../../../src/contracts/settings';
import { capacitySettings } from '../open-capacity';

export interface Scenario {
  /** Quota group of each endpoint, by index: two may share one. */
  readonly groups: readonly string[];
  readonly limits: Readonly<Record<string, Limits>>;
  readonly callers: readonly Caller[];
  readonly happenings: readonly Happening[];
}

/** What one caller is and does with its claim. */
export interface Caller {
  /** After the caller before. */
  readonly comesAfterMs: number;
  /** Indexes of its candidates, in their order. */
  readonly endpoints: readonly number[];
  /** Prefers them in that order, unless one starts so much sooner. Absent = no preference. */
  readonly spillAfterMs: number | undefined;
  readonly lane: Lane;
  readonly priority: Priority;
  readonly tenant: string;
  /** Of the limits of its first candidate. */
  readonly sizePercent: number;
  readonly maxWaitMs: number;
  /** How long it comes back when it is told to; 0 = it takes no place in the queue. */
  readonly patienceMs: number;
  readonly isRetry: boolean;
  readonly fate: Fate;
  /** From its start to the provider, 0–J. */
  readonly dispatchMs: number;
  /** Past its start, when it asks whether that still stands (below 0: ahead of it); since the grant, when it gives up. */
  readonly lateMs: number;
  readonly durationMs: number;
  readonly ending: Ending;
  /** How often each of its messages is delivered. */
  readonly deliveries: number;
  /** The answer to its first request is lost, and it asks again after so long; 0 = it is not. */
  readonly losesAnswerForMs: number;
}

export type Fate = 'onTime' | 'confirms' | 'givesUp' | 'diesWaiting' | 'diesCalling';

export interface Ending {
  readonly outcome: CallOutcome;
  /** What is charged of the estimate; absent = not told. */
  readonly chargedPercent: number | undefined;
  readonly isFault: boolean;
  readonly blockedForMs: number | undefined;
  readonly headers: readonly LimitReading[];
}

export interface Happening {
  readonly atMs: number;
  readonly what: 'scriptsLost' | 'stateLost' | 'clockBack' | 'clockHesitates' | 'inspect' | NewLimits | Refusal;
}

/** An operator sets all limits of a group to so much of what they are. */
export interface NewLimits {
  readonly group: string;
  readonly percent: number;
}

/** Somebody asks who would start now or not at all. */
export interface Refusal {
  readonly sizePercent: number;
  readonly isRetry: boolean;
  readonly refusedBy: 'itself' | 'backlog' | 'expectedWait';
}

const { jitterMs } = capacitySettings;

/** Multiples of the windows they are judged on, as providers have them. */
const rpm = fc.oneof(
  fc.record({ rpm: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 40 })).map((n) => n * 6) }),
  fc.record({ rpm: fc.integer({ min: 1, max: 5 }).map((n) => n * 60), requestWindowMs: fc.constant(1_000 as const) }),
);
const tokenLimit = fc.integer({ min: 200, max: 20_000 });

/** In so many of ten cases; shrinks to absent. */
function inTenths<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 10 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary });
}

export const anyLimits: fc.Arbitrary<Limits> = fc
  .tuple(
    inTenths(6, rpm),
    inTenths(5, fc.record({ tpm: tokenLimit })),
    inTenths(3, fc.record({ inputTpm: tokenLimit })),
    inTenths(3, fc.record({ outputTpm: tokenLimit })),
    inTenths(3, fc.record({ concurrency: fc.integer({ min: 1, max: 6 }) })),
    inTenths(1, fc.record({ rpd: fc.integer({ min: 1, max: 12 }) })),
  )
  .map((parts) => Object.assign({}, ...parts) as Limits);

/** One endpoint, two on their own, or three of which two share a quota. */
const places = fc.constantFrom(['one'], ['one', 'two'], ['one', 'one', 'two']);

const comesAfterMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 500 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 70_000 }) },
);
const sizePercent = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 10 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 110 }) },
);
const chargedPercent = fc.option(fc.integer({ min: 0, max: 150 }), { nil: undefined });

const header: fc.Arbitrary<LimitReading> = fc.record(
  {
    dimension: fc.constantFrom('rpm', 'tpm', 'inputTpm', 'outputTpm', 'rpd'),
    limit: fc.integer({ min: -1, max: 30_000 }),
    remaining: fc.integer({ min: -1, max: 30_000 }),
    resetMs: fc.integer({ min: -1, max: 60_000 }),
  },
  { requiredKeys: ['dimension'] },
);

const quietEnding = fc.record<Ending>({
  outcome: fc.constantFrom('succeeded', 'succeeded', 'failed', 'unknown', 'refused'),
  chargedPercent,
  isFault: fc.constant(false),
  blockedForMs: fc.constant(undefined),
  headers: fc.constant([]),
});
const anyEnding = fc.record<Ending>({
  outcome: fc.constantFrom('succeeded', 'succeeded', 'failed', 'unknown', 'refused', 'rateLimited', 'dead'),
  chargedPercent,
  isFault: fc.boolean(),
  blockedForMs: fc.option(fc.integer({ min: 0, max: 40_000 }), { nil: undefined }),
  headers: fc.array(header, { maxLength: 2 }),
});

export interface ScenarioOptions {
  readonly limits?: fc.Arbitrary<Limits>;
  readonly fates?: readonly [Fate, ...Fate[]];
  readonly happenings?: fc.Arbitrary<readonly Happening[]>;
  /** Whether providers refuse, fail and tell limits of their own. Default true. */
  readonly providersMisbehave?: boolean;
  /** Furthest start that callers accept. Default 90 s. */
  readonly longestWaitMs?: number;
  readonly mostCallers?: number;
  /** Whether callers come back when they are told to wait. Default true. */
  readonly queue?: boolean;
}

const allFates = ['onTime', 'onTime', 'onTime', 'confirms', 'givesUp', 'diesWaiting', 'diesCalling'] as const;

function callerOf(endpointCount: number, options: ScenarioOptions): fc.Arbitrary<Caller> {
  const indexes = Array.from({ length: endpointCount }, (_, index) => index);
  return fc.record<Caller>({
    comesAfterMs,
    endpoints: fc.shuffledSubarray(indexes, { minLength: 1 }),
    spillAfterMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    lane: fc.constantFrom(...lanes),
    priority: fc.constantFrom(...priorities),
    tenant: fc.constantFrom('acme', 'heavy', 'other'),
    sizePercent,
    maxWaitMs: fc.integer({ min: 0, max: options.longestWaitMs ?? 90_000 }),
    patienceMs:
      options.queue === false ? fc.constant(0) : fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 120_000 })),
    isRetry: fc.boolean(),
    fate: fc.constantFrom(...(options.fates ?? allFates)),
    dispatchMs: fc.integer({ min: 0, max: jitterMs }),
    lateMs: fc.oneof(fc.integer({ min: 0, max: jitterMs }), fc.integer({ min: -5_000, max: 25_000 })),
    durationMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 70_000 })),
    ending: options.providersMisbehave === false ? quietEnding : anyEnding,
    deliveries: fc.oneof(
      { weight: 4, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 2, max: 3 }) },
    ),
    losesAnswerForMs: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3_000 }) },
    ),
  });
}

export function scenarios(options: ScenarioOptions = {}): fc.Arbitrary<Scenario> {
  const limits = options.limits ?? anyLimits;
  return places
    .chain((groups) =>
      fc.record<Scenario>({
        groups: fc.constant(groups),
        limits: fc.record({ one: limits, two: limits }),
        callers: fc.array(callerOf(groups.length, options), { minLength: 1, maxLength: options.mostCallers ?? 16 }),
        happenings: options.happenings ?? fc.constant([]),
      }),
    )
    .map((scenario) => ({ ...scenario, [fc.toStringMethod]: () => textOf(scenario) }));
}

/** One line for each caller, as a failure shows it. */
function textOf({ groups, limits, callers, happenings }: Scenario): string {
  const lines = callers.map(({ ending, ...caller }) => `  ${JSON.stringify({ ...caller, ...ending })}`);
  const facts = { endpoints: groups, limits, happenings };
  return [JSON.stringify(facts), ...lines].join('\n');
}

/** Up to three within the first minutes. */
export function happeningsOf(...kinds: readonly (Happening['what'] | fc.Arbitrary<Happening['what']>)[]) {
  const what = fc.oneof(...kinds.map((kind) => (kind instanceof fc.Arbitrary ? kind : fc.constant(kind))));
  // Most callers come within the first seconds.
  const atMs = fc.oneof(fc.integer({ min: 1, max: 8_000 }), fc.integer({ min: 1, max: 100_000 }));
  const happening = fc.record<Happening>({ atMs, what });
  return fc.array(happening, { maxLength: 3 });
}

export const newLimits = fc.record<NewLimits>({
  group: fc.constantFrom('one', 'two'),
  percent: fc.integer({ min: 20, max: 200 }),
});

export const refusal = fc.record<Refusal>({
  sizePercent,
  isRetry: fc.boolean(),
  refusedBy: fc.constantFrom('itself', 'backlog', 'expectedWait'),
});
