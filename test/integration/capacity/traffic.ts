/** Callers in virtual time: each asks, comes back when it is told to, calls for a while, and settles. */
import type { CapacityCandidate, Reservation, ReserveRequest, Settlement } from '../../../src/contracts/capacity';
import type { CapacityStore } from '../../../src/capacity/store';
import type { TestClock } from './open-capacity';

export interface Caller {
  readonly rid: string;
  readonly atMs: number;
  readonly request: Omit<ReserveRequest, 'rid'>;
  /** Of the call, once it has started. Default 100. */
  readonly holdMs?: number;
  /** How late it comes back when it was told to wait. Default 0. */
  readonly lateMs?: number;
  readonly settlement?: Partial<Settlement>;
  /** Never comes back once it waits. */
  readonly diesWaiting?: boolean;
}

export interface Served {
  readonly caller: Caller;
  readonly reservation: Reservation;
  /** Of the start, and from coming to it, ms. */
  readonly startedAtMs: number;
  readonly waitedMs: number;
  /** How often it asked. */
  readonly asks: number;
}

interface Event {
  readonly atMs: number;
  readonly happens: () => Promise<void>;
}

/** Plays the callers until `untilMs` after now. Result: who was served, in the order of the grants. */
export async function play(
  { store, clock }: { readonly store: CapacityStore; readonly clock: TestClock },
  callers: readonly Caller[],
  untilMs: number,
): Promise<readonly Served[]> {
  const beganAtMs = clock.now();
  const served: Served[] = [];
  const agenda = new Agenda();

  async function ask(caller: Caller, asks: number): Promise<void> {
    const answer = await store.reserve({ ...caller.request, rid: caller.rid });
    const nowMs = clock.now() - beganAtMs;
    if (answer.kind === 'wait') {
      const backAtMs = nowMs + answer.retryInMs + (caller.lateMs ?? 0);
      if (caller.diesWaiting !== true) agenda.add({ atMs: backAtMs, happens: () => ask(caller, asks + 1) });
      return;
    }
    if (answer.kind !== 'granted') return;
    const { reservation } = answer;
    const startedAtMs = nowMs + reservation.startInMs;
    served.push({ caller, reservation, startedAtMs, waitedMs: startedAtMs - caller.atMs, asks });
    const ends = (): Promise<void> => store.settle({ ...reservation, outcome: 'succeeded', ...caller.settlement });
    agenda.add({ atMs: startedAtMs + (caller.holdMs ?? 100), happens: ends });
  }

  for (const caller of callers) agenda.add({ atMs: caller.atMs, happens: () => ask(caller, 1) });
  for (let next = agenda.take(); next !== undefined && next.atMs <= untilMs; next = agenda.take()) {
    clock.advance(Math.max(0, Math.ceil(next.atMs) - (clock.now() - beganAtMs)));
    await next.happens();
  }
  return served;
}

/** Events by time, and by order of coming within one. */
class Agenda {
  readonly #heap: (Event & { readonly order: number })[] = [];
  #added = 0;

  add(event: Event): void {
    this.#heap.push({ ...event, order: this.#added++ });
    let at = this.#heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  take(): Event | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || this.#heap.length === 0) return first;
    this.#heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < this.#heap.length && this.#isBefore(left, least)) least = left;
      if (right < this.#heap.length && this.#isBefore(right, least)) least = right;
      if (least === at) return first;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}

export function requestOf(
  candidates: readonly CapacityCandidate[],
  changes: Partial<Omit<ReserveRequest, 'rid'>> = {},
): Omit<ReserveRequest, 'rid'> {
  return { pool: 'smart', candidates, lane: 'interactive', tenant: 'acme', maxWaitMs: 10_000, ...changes };
}

/** `count` callers, one every `everyMs`. */
export function stream(
  name: string,
  { count, everyMs = 0, fromMs = 0 }: { readonly count: number; readonly everyMs?: number; readonly fromMs?: number },
  caller: Omit<Caller, 'rid' | 'atMs'>,
): Caller[] {
  return Array.from({ length: count }, (_, index) => ({
    ...caller,
    rid: `${name}${index}`,
    atMs: fromMs + index * everyMs,
  }));
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
