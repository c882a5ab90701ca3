/** Load, and workers that die at any moment: no named point, so also where nobody thought of one. */
import { createRandom } from '../../src/simulator/random';
import { stepKinds } from './cases';
import { verify } from './verify';
import type { Outcome } from './verify';
import type { Connected, WorkerProcess } from './world';

export interface RandomOutcome {
  readonly kills: number;
  readonly runs: number;
  readonly outcomes: readonly Outcome[];
}

const workers = 3;
const runsPerKill = 2;
/** Between two kills, ms: long enough for a worker to begin something, short enough that most never end in peace. */
const pauseMs = { least: 700, spread: 1_600 };

/** Kinds that need no fault of their own. */
const kinds = stepKinds.filter((kind) => kind !== 'repaired');

export async function killAtRandom(
  connected: Connected,
  { kills, seed }: { kills: number; seed: number },
): Promise<RandomOutcome> {
  const { world, connect, temporal } = connected;
  const corner = await world.openCorner('random');
  const client = await connect(corner);
  const random = createRandom(seed, 'kills');
  const alive: WorkerProcess[] = Array.from({ length: workers }, () => corner.startWorker());
  try {
    const runs = await Promise.all(
      Array.from({ length: kills * runsPerKill }, async (_, index) => {
        const kind = kinds[index % kinds.length] ?? 'plain';
        const input = { step: `chaos.${kind}`, topic: `bells ${index}` };
        return { kind, run: await client.start('stepAndEffect', input, { id: `random-${index}` }) };
      }),
    );
    for (let kill = 0; kill < kills; kill++) {
      await new Promise((done) => setTimeout(done, pauseMs.least + random.next() * pauseMs.spread));
      const victim = Math.floor(random.next() * workers);
      alive[victim]?.child.kill('SIGKILL');
      alive[victim] = corner.startWorker();
    }
    await Promise.all(runs.map(({ run }) => run.result().catch(() => undefined)));
    const ledger = await world.simulator.ledger({ endpoint: corner.name });
    const outcomes = await Promise.all(
      runs.map(({ kind, run }) => {
        const own = ledger.filter(({ callId }) => callId?.startsWith(`${run.workflowId}/`) === true);
        return verify({ temporal, corner, kind, run, ledger: own });
      }),
    );
    return { kills, runs: runs.length, outcomes };
  } finally {
    for (const { child } of alive) child.kill('SIGKILL');
    await client.close();
  }
}
