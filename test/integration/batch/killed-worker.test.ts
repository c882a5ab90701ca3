/**
 * SIGKILL of the worker around the two moments at which money is at stake: when the provider has taken a batch on and
 * nobody has written that down, and while its results are on their way into the journal. Each batch is followed by
 * another worker; the provider's own ledger says what was paid for.
 */
import type { CrashPoint } from '../../../src/activities/ports';
import { eventually, startHarness } from '../../support/harness';
import { boughtAt, endOf, questionsOf, start, topicsOf } from './batch-world';

interface Followed {
  readonly exit: string;
  readonly failures: number;
  readonly bought: readonly string[];
  readonly batches: number;
}

const questions = 3;

async function kill(step: string, endpoint: string, point: CrashPoint | 'polling'): Promise<Followed> {
  const harness = await startHarness();
  try {
    const about = topicsOf(questions, `${endpoint} ${point}`);
    const runs = await Promise.all(about.map((topic) => start(harness, step, topic)));
    const first = harness.spawnWorker(point === 'polling' ? {} : { HOLDFAST_CRASH_POINT: point });
    if (point === 'polling') {
      const isPolled = async (): Promise<boolean> =>
        (await harness.simulator.ledger({ endpoint })).some(({ operation }) => operation === 'readBatch');
      await eventually('it is polled', isPolled, 90_000);
      first.child.kill('SIGKILL');
    }
    const exit = await first.exited;
    if (exit !== 'SIGKILL') throw new Error(`the worker ended with ${exit} instead:\n${first.log()}`);
    harness.spawnWorker();
    const ended = await Promise.all(runs.map(endOf));
    const submitted = (await harness.simulator.ledger({ endpoint })).filter(
      ({ operation, status }) => operation === 'submitBatch' && status === 200,
    );
    return {
      exit,
      failures: ended.filter((outcome) => 'failure' in outcome).length,
      bought: questionsOf(await boughtAt(harness, endpoint)),
      batches: submitted.length,
    };
  } finally {
    await harness.stop();
  }
}

describe('a batch whose worker is killed', () => {
  const cases = [
    ['test.batch', 'east', 'afterBatchAccepted'],
    ['test.batch', 'east', 'duringCollect'],
    ['test.batchClaude', 'claude', 'polling'],
  ] as const;
  const killed: Promise<Followed>[] = [];
  beforeAll(() => {
    for (const [step, endpoint, point] of cases) {
      const outcome = kill(step, endpoint, point);
      outcome.catch(() => undefined);
      killed.push(outcome);
    }
  });
  afterAll(() => Promise.allSettled(killed));

  test.each(cases.map((given, index) => [...given, index] as const))(
    '%s at %s, %s: every answer is bought once',
    async (_step, _endpoint, _point, index) => {
      const outcome = await killed[index];
      expect(outcome).toMatchObject({ exit: 'SIGKILL', failures: 0 });
      expect(outcome?.bought).toHaveLength(questions);
      expect(new Set(outcome?.bought).size).toBe(questions);
    },
    180_000,
  );
});
