/**
 * Invariant 1 of the engine: whatever callers do, the calls that arrive at a provider in any minute stay within its
 * limits, as long as each is dispatched within J of the start it was given, or confirmed when it is late.
 */
import fc from 'fast-check';
import type { Reservation } from '../../../src/contracts/capacity';
import type { Limits } from '../../../src/contracts/settings';
import { candidate, capacitySettings, openCapacity, request, useCapacity, type Capacity } from './open-capacity';

const capacity = useCapacity();

/** What one caller does with its claim. */
interface Caller {
  /** After the caller before. */
  readonly comesAfterMs: number;
  readonly tokens: number;
  readonly maxWaitMs: number;
  readonly fate: 'onTime' | 'late' | 'released' | 'died';
  /** From the granted start to the provider, 0–J. */
  readonly dispatchMs: number;
  /** Past the start, when it is late; since the grant, when it gives up. */
  readonly lateMs: number;
  readonly durationMs: number;
  /** What the provider charges of the estimate. */
  readonly chargedShare: number;
}

interface Arrival {
  readonly atMs: number;
  readonly tokens: number;
}

const { jitterMs } = capacitySettings;

const limitsOf = fc.record(
  { rpm: fc.integer({ min: 1, max: 40 }).map((n) => n * 6), tpm: fc.integer({ min: 200, max: 20_000 }) },
  { requiredKeys: [] },
);

const callerOf = (tpm: number): fc.Arbitrary<Caller> =>
  fc.record({
    comesAfterMs: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 500 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 70_000 }) },
    ),
    tokens: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: Math.ceil(tpm / 20) }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: tpm }) },
    ),
    maxWaitMs: fc.integer({ min: 0, max: 90_000 }),
    fate: fc.constantFrom('onTime', 'onTime', 'onTime', 'late', 'released', 'died'),
    dispatchMs: fc.integer({ min: 0, max: jitterMs }),
    lateMs: fc.integer({ min: 0, max: 25_000 }),
    durationMs: fc.integer({ min: 0, max: 20_000 }),
    chargedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  });

const scenario = limitsOf.chain((limits) =>
  fc.record({
    limits: fc.constant(limits),
    callers: fc.array(callerOf(limits.tpm ?? 1_000), { minLength: 5, maxLength: 60 }),
  }),
);

/** Runs the callers in virtual time. Result: what arrives at the provider. */
class Scene {
  readonly arrivals: Arrival[] = [];
  readonly #events: { readonly atMs: number; readonly happens: () => Promise<void> }[] = [];

  constructor(
    private readonly opened: Capacity,
    private readonly limits: Limits,
  ) {}

  async play(callers: readonly Caller[]): Promise<readonly Arrival[]> {
    let atMs = this.opened.clock.now();
    for (const [index, caller] of callers.entries()) {
      atMs += caller.comesAfterMs;
      this.#at(atMs, () => this.#comes(`r${index}`, caller));
    }
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      this.opened.clock.advance(Math.max(0, event.atMs - this.opened.clock.now()));
      await event.happens();
    }
    return this.arrivals;
  }

  #at(atMs: number, happens: () => Promise<void>): void {
    const index = this.#events.findIndex((event) => event.atMs > atMs);
    this.#events.splice(index < 0 ? this.#events.length : index, 0, { atMs, happens });
  }

  async #comes(rid: string, caller: Caller): Promise<void> {
    const { store, clock } = this.opened;
    const candidates = [candidate('east', this.limits, { tokens: caller.tokens })];
    const answer = await store.reserve(request(rid, candidates, { maxWaitMs: caller.maxWaitMs }));
    if (answer.kind !== 'granted') return;
    const { reservation } = answer;
    expect(reservation.startInMs).toBeLessThanOrEqual(caller.maxWaitMs);
    if (caller.fate === 'onTime') this.#dispatches(reservation, caller, reservation.startAt);
    if (caller.fate === 'late') {
      this.#at(reservation.startAt + jitterMs + caller.lateMs, () => this.#confirms(reservation, caller));
    }
    if (caller.fate === 'released') this.#at(clock.now() + caller.lateMs, () => store.release(reservation));
  }

  async #confirms(reservation: Reservation, caller: Caller): Promise<void> {
    const answer = await this.opened.store.confirm(reservation);
    if (answer.kind === 'confirmed') {
      this.#dispatches(reservation, caller, this.opened.clock.now() + answer.startInMs);
    }
  }

  #dispatches(reservation: Reservation, caller: Caller, startAt: number): void {
    const { store } = this.opened;
    const tokens = Math.ceil(caller.tokens * caller.chargedShare);
    const atMs = startAt + caller.dispatchMs;
    this.#at(atMs, async () => void this.arrivals.push({ atMs, tokens }));
    this.#at(atMs + caller.durationMs, () =>
      store.settle({ ...reservation, outcome: 'succeeded', actual: { tokens: tokens } }),
    );
  }
}

/** The most that any closed window of the length holds. */
function fullestWindow(arrivals: readonly Arrival[], lengthMs: number): { requests: number; tokens: number } {
  let fullest = { requests: 0, tokens: 0 };
  for (const { atMs } of arrivals) {
    const within = arrivals.filter((other) => other.atMs >= atMs && other.atMs <= atMs + lengthMs);
    const tokens = within.reduce((sum, each) => sum + each.tokens, 0);
    fullest = {
      requests: Math.max(fullest.requests, within.length),
      tokens: Math.max(fullest.tokens, tokens),
    };
  }
  return fullest;
}

describe('any sequence of callers', () => {
  test('stays within the limits in every minute, and within a sixth of rpm in every ten seconds', async () => {
    const { redis } = capacity.current;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ limits, callers }) => {
        const opened = openCapacity(redis);
        try {
          const arrivals = await new Scene(opened, limits).play(callers);
          const minute = fullestWindow(arrivals, 60_000);
          expect(minute.tokens).toBeLessThanOrEqual(limits.tpm ?? Infinity);
          expect(minute.requests).toBeLessThanOrEqual(limits.rpm ?? Infinity);
          expect(fullestWindow(arrivals, 10_000).requests).toBeLessThanOrEqual((limits.rpm ?? Infinity) / 6);
        } finally {
          await opened.loseState();
        }
      }),
      { numRuns: 60 },
    );
  });
});
