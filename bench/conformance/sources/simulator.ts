/** The simulator: one for all runs, an endpoint of its own for each. */
import { setTimeout as pause } from 'node:timers/promises';
import { controlSimulator, startSimulator } from '../../../src/simulator';
import type { LedgerEntry, RunningSimulator, SimulatorControl } from '../../../src/simulator';
import type { SimulatorScene } from '../case';
import type { Target } from '../targets';
import { closesWithinMs } from './stage';
import type { Evidence, Stage } from './stage';

/** No waiting for words: cases about time say so themselves. */
const latency = { firstTokenMs: 1, sigma: 0, tokensPerSecond: 1_000_000 };
const pollMs = 5;

export interface SimulatorSource {
  open(target: Target, scene: SimulatorScene): Promise<Stage>;
  close(): Promise<void>;
}

export async function startSimulatorSource(seed: number): Promise<SimulatorSource> {
  const simulator = await startSimulator({ seed });
  const control = controlSimulator(simulator.url);
  let opened = 0;
  return {
    open: async (target, { faults = [], endpoint = {}, hasLimitHeaders = false }) => {
      const name = `run-${++opened}`;
      const headers = hasLimitHeaders ? {} : { headers: 'none' as const };
      await control.putEndpoint(name, { latency, ...headers, ...target.simulated, ...endpoint });
      const ids: string[] = [];
      for (const fault of faults) ids.push((await control.addFault({ ...fault, endpoint: name })).id);
      return new SimulatedStage({ simulator, control, name, faults: ids });
    },
    close: () => simulator.close(),
  };
}

interface SimulatedEndpoint {
  readonly simulator: RunningSimulator;
  readonly control: SimulatorControl;
  readonly name: string;
  readonly faults: readonly string[];
}

class SimulatedStage implements Stage {
  constructor(private readonly at: SimulatedEndpoint) {}

  get root(): string {
    return `${this.at.simulator.url}/${this.at.name}`;
  }

  async arrived(): Promise<void> {
    while ((await this.entries()).length === 0) await pause(pollMs);
  }

  async inspect(): Promise<Evidence> {
    const entries = await this.settled();
    const paid = entries.findLast(({ operation }) => operation === 'create');
    return {
      requests: entries.length,
      struck: await this.leastStruck(entries.length),
      isClosed: entries.every((entry) => entry.outcome !== 'running'),
      ...(paid === undefined ? {} : { billed: { inputTokens: paid.inputTokens, outputTokens: paid.outputTokens } }),
    };
  }

  async close(): Promise<void> {
    for (const id of this.at.faults) await this.at.control.removeFault(id);
  }

  /** The ledger once nothing is under way any more, or what it says when that takes too long. */
  private async settled(): Promise<readonly LedgerEntry[]> {
    const deadline = performance.now() + closesWithinMs;
    for (;;) {
      const entries = await this.entries();
      if (performance.now() > deadline || entries.every(({ outcome }) => outcome !== 'running')) return entries;
      await pause(pollMs);
    }
  }

  private async leastStruck(requests: number): Promise<number> {
    const listed = (await this.at.control.faults()).filter(({ id }) => this.at.faults.includes(id));
    return Math.min(requests, ...listed.map(({ fired }) => fired));
  }

  private entries(): Promise<readonly LedgerEntry[]> {
    return this.at.control.ledger({ endpoint: this.at.name });
  }
}
