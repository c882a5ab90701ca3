/** A job in virtual time: the real engine decides when each call starts, the simulator's limiters judge every start. */
import type { CapacityCandidate, Reservation } from '../../../src/contracts/capacity';
import { limitProfiles, settledCostOf } from '../../../src/capacity/limit-profiles';
import type { EndpointSettings } from '../../../src/contracts/settings';
import type { PlannedCall } from '../../../src/planning';
import { createLimiter } from '../../../src/simulator/limits';
import type { Claim, EndpointLimiter } from '../../../src/simulator/limits';
import type { Capacity } from '../capacity/open-capacity';

export interface Job {
  readonly endpoints: readonly EndpointSettings[];
  /** In the order they are asked for. */
  readonly calls: readonly PlannedCall[];
}

export interface JobOutcome {
  readonly hours: number;
  /** Calls the limiters refused. */
  readonly rateLimited: number;
  /** What held most calls up, e.g. `tpm on east`. */
  readonly heldUpBy: string;
}

/** Callers that wait at the same time: enough to keep every endpoint busy, few enough to be quick. */
const callers = 8;
const jitterMs = 40;
const maxWaitMs = 10_000;

export async function runJob({ store, clock }: Capacity, { endpoints, calls }: Job): Promise<JobOutcome> {
  const startedMs = clock.now();
  const limiters = new Map<string, EndpointLimiter>(
    endpoints.map(({ name, limits }) => {
      const { requestWindowMs: _, ...enforced } = limits;
      const window = { requests: 'judged10s', tokens: 'slidingMinute' } as const;
      return [name, createLimiter({ name, limits: { ...enforced, window }, chargesFailedRequests: true }, clock, 7)];
    }),
  );
  const events = new EventQueue();
  const blockedBy: Record<string, number> = {};
  let next = 0;
  let rateLimited = 0;
  let endedMs = startedMs;

  const ask = async (rid: string, call: PlannedCall): Promise<void> => {
    const candidates = endpoints.map((endpoint) => candidateOf(endpoint, call));
    const answer = await store.reserve({
      rid,
      pool: 'pool',
      candidates,
      lane: 'interactive',
      tenant: 'acme',
      maxWaitMs,
    });
    const held =
      answer.kind === 'granted' ? answer.reservation.blockedBy : answer.kind === 'wait' ? answer.blockedBy : '';
    if (held !== undefined) blockedBy[held] = (blockedBy[held] ?? 0) + 1;
    if (answer.kind === 'wait') {
      events.add(clock.now() + answer.retryInMs, () => ask(rid, call));
    } else if (answer.kind === 'granted') {
      const { reservation } = answer;
      // Spread over the jitter by the turn, so that a run repeats itself.
      const late = (next * 7) % jitterMs;
      events.add(clock.now() + reservation.startInMs + late, () => start(reservation, call));
      await askNext();
    } else throw new Error(`${rid}: ${answer.kind}`);
  };
  const start = async (reservation: Reservation, call: PlannedCall): Promise<void> => {
    const { inputTokens, maxOutputTokens, seconds = 1 } = call;
    const endpoint = endpoints.find(({ name }) => name === reservation.endpoint) as EndpointSettings;
    const { tokens } = candidateOf(endpoint, call).cost;
    const limiter = limiters.get(endpoint.name) as EndpointLimiter;
    const claim = limiter.admit({ upfrontTokens: tokens, inputTokens, outputLimit: maxOutputTokens });
    if (!claim.isAdmitted) {
      rateLimited += 1;
      return store.settle({ ...reservation, outcome: 'rateLimited' });
    }
    events.add(clock.now() + seconds * 1_000, () => end(reservation, call, { claim, limiter }));
  };
  const end = async (
    reservation: Reservation,
    call: PlannedCall,
    { claim, limiter }: { claim: Claim; limiter: EndpointLimiter },
  ): Promise<void> => {
    limiter.generate(claim, call.outputTokens);
    limiter.settle(claim);
    endedMs = clock.now();
    const endpoint = endpoints.find(({ name }) => name === reservation.endpoint) as EndpointSettings;
    const actual = candidateOf(endpoint, call).cost;
    await store.settle({ ...reservation, outcome: 'succeeded', actual, latencyMs: (call.seconds ?? 1) * 1_000 });
  };
  const askNext = async (): Promise<void> => {
    const call = calls[next];
    if (call === undefined) return;
    next += 1;
    await ask(`job/${next}`, call);
  };
  for (let i = 0; i < callers; i++) events.add(startedMs, askNext);
  for (let event = events.take(); event !== undefined; event = events.take()) {
    clock.advance(Math.max(0, Math.ceil(event.atMs - clock.now())));
    await event.run();
  }
  // Behind others a call only waits for its turn; what they wait for counts.
  const [[heldUpBy] = ['nothing']] = Object.entries(blockedBy)
    .filter(([by]) => !by.startsWith('queue'))
    .sort(([, a], [, b]) => b - a);
  return { hours: (endedMs - startedMs) / 3_600_000, rateLimited, heldUpBy };
}

function candidateOf(endpoint: EndpointSettings, call: PlannedCall): CapacityCandidate {
  const { inputTokens, outputTokens, maxOutputTokens } = call;
  const cost = settledCostOf(limitProfiles[endpoint.limitProfile], {
    usage: { inputTokens, outputTokens },
    requestedOutputTokens: maxOutputTokens,
  });
  return { endpoint: endpoint.name, quotaGroup: endpoint.quotaGroup, limits: endpoint.limits, cost };
}

interface Event {
  readonly atMs: number;
  readonly run: () => Promise<void>;
}

/** Small enough that a sorted list is quick. */
class EventQueue {
  private readonly events: Event[] = [];

  add(atMs: number, run: () => Promise<void>): void {
    const before = this.events.findLastIndex((event) => event.atMs <= atMs);
    this.events.splice(before + 1, 0, { atMs, run });
  }

  take(): Event | undefined {
    return this.events.shift();
  }
}
