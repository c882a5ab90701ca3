/** A caller of the reservation engine, as `callModel` is one: reserve, wait, confirm what lies ahead, call, settle. */
import type { CapacityStore } from '../../../src/capacity/store';
import type { CapacityCandidate, Reservation } from '../../../src/contracts/capacity';
import type { CapacitySettings, EndpointSettings, ModelParameters } from '../../../src/contracts/settings';
import type { ModelRequest } from '../../../src/contracts/model';
import type { CostEstimator } from '../../../src/activities/ports';
import { HoldfastError } from '../../../src/errors';
import type { Shape } from '../population';
import type { Tally } from '../tally';
import type { Call, Caller, Outcome, World } from '../world';

export interface HoldfastOptions {
  readonly world: World;
  readonly store: CapacityStore;
  readonly estimator: CostEstimator;
  readonly endpoints: readonly EndpointSettings[];
  readonly capacity: CapacitySettings;
  readonly pool: string;
  readonly tally: Tally;
  /** Told of each request right before it goes out, and when it was due, in the world's time. */
  readonly onSend?: (requestId: string, dueAt: number) => void;
}

/** A grant this far ahead may have been overtaken by a pause: it is confirmed shortly before its start. */
const longestTrustMs = 1_000;
const confirmAheadMs = 100;
/** The same as `callModel` takes when a 429 comes without a hint. */
const defaultPauseMs = 5_000;

export function createHoldfastCaller(options: HoldfastOptions): Caller {
  const session = new Session(options);
  return (call) => session.take(call);
}

class Session {
  constructor(private readonly options: HoldfastOptions) {}

  async take(call: Call): Promise<void> {
    const { tally } = this.options;
    tally.calls += 1;
    for (let hop = 0, retries = 0; ; hop++) {
      const rid = `${call.id}/${hop}`;
      const reservation = await this.reserve(call, rid, retries > 0);
      if (reservation === 'left') {
        tally.left += 1;
        return;
      }
      if (reservation === 'spent') {
        tally.spent += 1;
        continue;
      }
      const outcome = await this.send(call, reservation);
      if (outcome === 'spent') {
        tally.spent += 1;
        continue;
      }
      if (outcome.kind === 'answered') tally.answered += 1;
      if (outcome.kind === 'failed') tally.failed += 1;
      if (outcome.kind !== 'rateLimited') return;
      retries += 1;
    }
  }

  /** Comes back as told, with the same id, until there is a start or the caller has no more time. */
  private async reserve(call: Call, rid: string, isRetry: boolean): Promise<Reservation | 'left' | 'spent'> {
    const { world, store, capacity, pool, tally } = this.options;
    let toldAt: number | undefined;
    for (;;) {
      tally.asks += 1;
      const answer = await this.ask(() =>
        store.reserve({
          rid,
          pool,
          candidates: this.candidatesOf(call.shape),
          lane: call.lane,
          tenant: call.tenant,
          maxWaitMs: Math.max(0, Math.min(capacity.maxWaitMs[call.lane], call.leavesAt - world.now())),
          isRetry,
        }),
      );
      if (answer.kind === 'granted') {
        if (toldAt !== undefined) tally.returnErrorsMs.push(world.now() - toldAt);
        tally.grants += 1;
        return answer.reservation;
      }
      if (answer.kind === 'spent') return 'spent';
      if (answer.kind === 'overloaded') tally.overloaded += 1;
      if (answer.kind !== 'wait') return 'left';
      if (world.now() + answer.retryInMs > call.leavesAt) {
        await this.ask(() => store.release({ rid, pool }));
        return 'left';
      }
      toldAt ??= world.now() + answer.retryInMs;
      await world.sleep(answer.retryInMs);
    }
  }

  private async send(call: Call, reservation: Reservation): Promise<Outcome | 'spent'> {
    const { world, store, endpoints, capacity, onSend } = this.options;
    const toldAt = world.now() + Math.max(0, reservation.startInMs);
    let dueAt = toldAt;
    let isConfirmed = reservation.startInMs <= longestTrustMs;
    if (!isConfirmed) await world.sleep(reservation.startInMs - confirmAheadMs);
    else await world.sleep(reservation.startInMs);
    // A start that was missed, on a busy machine, is asked for anew.
    while (!isConfirmed || world.now() > dueAt + capacity.jitterMs) {
      const answer = await this.ask(() => store.confirm(reservation));
      if (answer.kind === 'spent') return 'spent';
      isConfirmed = true;
      dueAt = world.now() + answer.startInMs;
      await world.sleep(answer.startInMs);
    }
    const region = endpoints.findIndex(({ name }) => name === reservation.endpoint);
    this.noteStart(world.now() - toldAt);
    onSend?.(reservation.rid, dueAt);
    const outcome = await world.send(region, call, reservation.rid);
    await this.settle(call.shape, reservation, outcome);
    return outcome;
  }

  /** Timers fire a little late; what the engine plans for is not late. */
  private noteStart(errorMs: number): void {
    const { tally, capacity } = this.options;
    tally.waitErrorsMs.push(errorMs);
    if (errorMs > capacity.jitterMs) tally.startsLate += 1;
  }

  private async settle(shape: Shape, reservation: Reservation, outcome: Outcome): Promise<void> {
    const { store, estimator, endpoints } = this.options;
    const { rid, pool, endpoint: name, quotaGroup } = reservation;
    const place = { rid, pool, endpoint: name, quotaGroup };
    const endpoint = endpoints.find((each) => each.name === name) as EndpointSettings;
    if (outcome.kind === 'rateLimited') {
      const blockedForMs = outcome.retryAfterMs ?? defaultPauseMs;
      await this.ask(() => store.settle({ ...place, outcome: 'rateLimited', blockedForMs }));
      return;
    }
    if (outcome.kind === 'failed') {
      await this.ask(() => store.settle({ ...place, outcome: 'unknown', isFault: true }));
      return;
    }
    const { usage, latencyMs, limits } = outcome;
    estimator.learn(endpoint, { request: requestOf(shape, endpoint), usage });
    const actual = estimator.chargedOf(endpoint, usage, shape.maxOutputTokens);
    const seen = { latencyMs, ...(limits !== undefined && { limits }) };
    await this.ask(() => store.settle({ ...place, outcome: 'succeeded', actual, ...seen }));
  }

  private candidatesOf(shape: Shape): CapacityCandidate[] {
    const { estimator, endpoints } = this.options;
    return endpoints.map((endpoint) => {
      const inputTokens = estimator.inputTokens(requestOf(shape, endpoint));
      const { name, quotaGroup, limits } = endpoint;
      return {
        endpoint: name,
        quotaGroup,
        limits,
        cost: estimator.costOf(endpoint, inputTokens, shape.maxOutputTokens),
      };
    });
  }

  /** On a busy machine an answer may come too late; each operation may be repeated. */
  private async ask<T>(operation: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.options.world.outside(operation());
      } catch (error) {
        if (!(error instanceof HoldfastError) || error.type !== 'Capacity.StoreUnavailable') throw error;
        this.options.tally.storeRetries += 1;
      }
    }
  }
}

export function requestOf(shape: Shape, { model }: EndpointSettings): ModelRequest {
  const parameters: ModelParameters = { maxOutputTokens: shape.maxOutputTokens };
  return { model, messages: shape.messages, parameters };
}
