/** How long after a 5xx the next call arrives at its provider, by the simulator's own ledger. */
import type { SimulatorControl } from '../../src/simulator/control-client';
import { measure } from './measure';
import type { Bench } from './measure';

export interface Failover {
  /** Median time from the end of the failed call to the arrival of the next one, ms. */
  readonly addedMs: number;
  readonly samples: number;
}

export async function measureFailover(
  bench: Bench,
  simulator: SimulatorControl,
  { endpoint, samples }: { endpoint: 'failover' | 'childTier'; samples: number },
): Promise<Failover> {
  const added: number[] = [];
  for (let index = 0; index < samples; index++) {
    await simulator.clearLedger();
    await simulator.addFault({ endpoint: 'failing', kind: 'status', status: 503, count: 1 });
    await measure(bench, { side: 'durable', endpoint, steps: 1, runs: 1 });
    const [failed, next] = await simulator.ledger();
    if (failed?.status !== 503 || failed.endedAt === undefined || next === undefined) {
      throw new Error(`the fault did not strike where it should: ${JSON.stringify([failed, next])}`);
    }
    added.push(next.receivedAt - failed.endedAt);
    // A good call in between: an endpoint that only fails would be closed by its breaker, and never be asked again.
    for (let good = 0; good < 2; good++)
      await measure(bench, { side: 'durable', endpoint: 'failover', steps: 1, runs: 1 });
  }
  return { addedMs: medianOf(added), samples };
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
