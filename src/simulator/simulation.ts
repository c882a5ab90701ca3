/** Everything one running simulator knows. */
import type { Clock } from './clock';
import { Endpoint } from './endpoint';
import { FaultBoard } from './faults/fault-board';
import { Ledger } from './ledger';
import type { EndpointSettings } from './settings';
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

  /** Adds an endpoint, or changes one: what it has charged so far still counts. */
  putEndpoint(settings: EndpointSettings): Endpoint {
    const known = this.endpoints.get(settings.name);
    known?.configure(settings);
    const endpoint = known ?? new Endpoint(settings);
    this.endpoints.set(settings.name, endpoint);
    return endpoint;
  }

  clearLedger(): number {
    for (const { admission } of this.endpoints.values()) admission.resetPeak();
    return this.ledger.clear();
  }

  summarize(): Summary {
    const endpoints: Record<string, EndpointSummary> = {};
    for (const [name, { admission }] of this.endpoints) {
      endpoints[name] = { ...emptyCounts(), inFlight: admission.inFlight, maxInFlight: admission.maxInFlight };
    }
    const total = emptyCounts();
    for (const entry of this.ledger.entries()) {
      addToCounts(total, entry);
      const counts = endpoints[entry.endpoint];
      if (counts !== undefined) addToCounts(counts, entry);
    }
    return { endpoints, total, dropped: this.ledger.dropped };
  }
}
