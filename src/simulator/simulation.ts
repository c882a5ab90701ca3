/** Everything one running simulator knows. */
import type { Clock } from './clock';
import { Endpoint } from './endpoint';
import { FaultBoard } from './faults/fault-board';
import { Ledger } from './ledger';
import type { EndpointSettings } from './settings';
import { KnownAnswers } from './writing/known-answers';
import { addToCounts, emptyCounts } from './summary';
import type { EndpointSummary, Summary } from './summary';

export interface SimulationOptions {
  readonly endpoints: readonly EndpointSettings[];
  readonly seed: number;
  /** Divides all latencies, not the limits. */
  readonly speed: number;
  readonly clock: Clock;
}

export class Simulation {
  readonly endpoints = new Map<string, Endpoint>();
  readonly faults: FaultBoard;
  readonly ledger = new Ledger();
  readonly knownAnswers = new KnownAnswers();
  readonly clock: Clock;
  readonly seed: number;
  readonly speed: number;

  constructor({ endpoints, seed, speed, clock }: SimulationOptions) {
    this.clock = clock;
    this.seed = seed;
    this.speed = speed;
    this.faults = new FaultBoard(seed);
    for (const settings of endpoints) this.putEndpoint(settings);
  }

  /** Adds an endpoint, or changes one: what it has charged so far still counts, unless the kind of window changes. */
  putEndpoint(settings: EndpointSettings): Endpoint {
    const known = this.endpoints.get(settings.name);
    known?.configure(settings);
    const endpoint = known ?? new Endpoint(settings, this.clock, this.seed);
    this.endpoints.set(settings.name, endpoint);
    return endpoint;
  }

  clearLedger(): number {
    for (const { limiter } of this.endpoints.values()) limiter.resetPeak();
    return this.ledger.clear();
  }

  summarize(): Summary {
    const endpoints = new Map<string, EndpointSummary>();
    for (const [name, { limiter }] of this.endpoints) {
      const { inFlight, maxInFlight } = limiter;
      endpoints.set(name, { ...emptyCounts(), inFlight, maxInFlight });
    }
    const total = emptyCounts();
    for (const entry of this.ledger.entries()) {
      addToCounts(total, entry);
      const counts = endpoints.get(entry.endpoint);
      if (counts !== undefined) addToCounts(counts, entry);
    }
    return { endpoints: Object.fromEntries(endpoints), total, dropped: this.ledger.dropped };
  }
}
