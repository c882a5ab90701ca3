/**
 * SIGKILL of the worker at every named point of a step. Paid calls are counted in the provider's own ledger; the
 * points are killed side by side, because each recovery waits for a timeout of Temporal.
 */
import { crashPoints } from '../../../src/activities/ports';
import type { CrashPoint } from '../../../src/activities/ports';
import type { StepResult } from '../../../src/workflows/public';
import { startHarness } from '../../support/harness';

interface Killed {
  readonly exit: string;
  readonly result: StepResult;
  readonly paidCalls: number;
  readonly calls: number;
}

/** What theory allows. `inFlight` and `beforeJournal` may pay twice: nobody can know what the dead process was told. */
const elsewhere = ['beforeEffect', 'afterResumable', 'beforeBatch', 'afterBatchAccepted', 'duringCollect'] as const;
const allowed: Readonly<Record<Exclude<CrashPoint, (typeof elsewhere)[number]>, readonly number[]>> = {
  afterOpen: [1],
  beforeCall: [1],
  inFlight: [1, 2],
  beforeJournal: [2],
  beforeSettle: [1],
  afterSettle: [1],
};
const points = Object.keys(allowed) as (keyof typeof allowed)[];

async function kill(point: CrashPoint): Promise<Killed> {
  const harness = await startHarness();
  try {
    const run = await harness.client.start(
      'oneStep',
      { step: 'test.single', variables: { topic: point } },
      { id: `kill-${harness.taskQueue}` },
    );
    const first = harness.spawnWorker({ HOLDFAST_CRASH_POINT: point });
    const exit = await first.exited;
    if (exit !== 'SIGKILL') throw new Error(`the worker ended with ${exit} instead:\n${first.log()}`);
    harness.spawnWorker();
    const result = await run.result<StepResult>();
    const ledger = await harness.simulator.ledger();
    return { exit, result, paidCalls: ledger.filter((entry) => entry.billed).length, calls: ledger.length };
  } finally {
    await harness.stop();
  }
}

describe('a step whose worker is killed', () => {
  const killed = new Map<CrashPoint, Promise<Killed>>();
  beforeAll(() => {
    for (const point of points) {
      const outcome = kill(point);
      outcome.catch(() => undefined);
      killed.set(point, outcome);
    }
  });
  afterAll(() => Promise.allSettled(killed.values()));

  test('covers every named point but those of other steps: an effect, a call in the background, a batch', () => {
    expect([...points, ...elsewhere].toSorted()).toEqual([...crashPoints].toSorted());
  });

  test.each(points)(
    'at %s completes with one recorded result and no more paid calls than theory allows',
    async (point) => {
      const outcome = await killed.get(point);
      expect(outcome?.exit).toBe('SIGKILL');
      expect(outcome?.result.value).toEqual(expect.any(String));
      expect(allowed[point]).toContain(outcome?.paidCalls);
    },
    120_000,
  );

  test.each(['beforeSettle', 'afterSettle'] as const)(
    'at %s takes the answer out of the journal: the provider sees one call',
    async (point) => {
      const outcome = await killed.get(point);
      expect(outcome?.calls).toBe(1);
      expect(outcome?.result.attempts.at(-1)).toMatchObject({ attempt: 1, outcome: 'succeeded' });
    },
    120_000,
  );

  test.each(['inFlight', 'beforeJournal'] as const)(
    'at %s the lost attempt is told in the result',
    async (point) => {
      const outcome = await killed.get(point);
      expect(outcome?.result.attempts.map((made) => [made.attempt, made.outcome])).toEqual([
        [1, 'unknown'],
        [2, 'succeeded'],
      ]);
    },
    120_000,
  );
});
