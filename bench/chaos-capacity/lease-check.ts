/**
 * Are the leases what is really held? Three counts of one moment are compared, per endpoint: the leases in the store, the
 * claims that living holders have, and the calls in flight at the provider. They change all the time, so only moments
 * count in which holders and provider saw nothing change while the store was read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatorControl } from '../../src/simulator';
import type { OpenCapacity } from '../../src/workers/open-capacity';
import { poolName, quotas } from './account';
import type { Holders } from './holders';

/** Of one endpoint in one quiet moment. */
export interface LeaseCount {
  readonly leases: number;
  /** Of holders that are alive: booked ahead or in flight. */
  readonly held: number;
  readonly inFlight: number;
}

export interface LeaseReading {
  readonly endpoint: string;
  /** Leases that nobody alive holds: 0 when there was a moment with none. */
  readonly leaked: number;
  /** Calls in flight without a lease: 0 when there was a moment with none. */
  readonly unleased: number;
  readonly moments: number;
}

/** What the moments of one endpoint say: a leak is what no moment was without. Pure. */
export function readingOf(endpoint: string, moments: readonly LeaseCount[]): LeaseReading {
  const least = (excess: (count: LeaseCount) => number): number =>
    moments.length === 0 ? 0 : Math.max(0, Math.min(...moments.map(excess)));
  return {
    endpoint,
    leaked: least(({ leases, held }) => leases - held),
    unleased: least(({ leases, inFlight }) => inFlight - leases),
    moments: moments.length,
  };
}

export interface LeaseCheckParts {
  readonly capacity: Pick<OpenCapacity, 'inspect'>;
  readonly simulator: SimulatorControl;
  readonly holders: Holders;
}

const everyMs = 15;

/** Looks until every endpoint was seen in order, or `forMs` have passed. */
export async function checkLeases(parts: LeaseCheckParts, forMs: number): Promise<readonly LeaseReading[]> {
  const moments = new Map<string, LeaseCount[]>(quotas.map(({ name }) => [name, []]));
  const endsAt = performance.now() + forMs;
  for (;;) {
    for (const [endpoint, count] of await takeMoment(parts)) moments.get(endpoint)?.push(count);
    const readings = [...moments].map(([endpoint, counts]) => readingOf(endpoint, counts));
    const isInOrder = readings.every(({ leaked, unleased, moments }) => moments > 0 && leaked === 0 && unleased === 0);
    if (isInOrder || performance.now() > endsAt) return readings;
    await sleep(everyMs);
  }
}

/** The endpoints on which nothing changed meanwhile. */
async function takeMoment({ capacity, simulator, holders }: LeaseCheckParts): Promise<readonly [string, LeaseCount][]> {
  const look = () => Promise.all([holders.look(), simulator.summary()]);
  const [heldBefore, before] = await look();
  const reading = await capacity.inspect(poolName).catch(() => undefined);
  const [heldAfter, after] = await look();
  if (reading === undefined || heldBefore === undefined || heldAfter?.version !== heldBefore.version) return [];
  return reading.endpoints.flatMap(({ endpoint, inFlight: leases }): [string, LeaseCount][] => {
    const [was, is] = [before.endpoints[endpoint], after.endpoints[endpoint]];
    if (was === undefined || was.requests !== is?.requests || was.running !== is.running) return [];
    const { booked = 0, started = 0 } = heldBefore.claims[endpoint] ?? {};
    return [[endpoint, { leases, held: booked + started, inFlight: was.inFlight }]];
  });
}
