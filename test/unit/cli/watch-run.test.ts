import type { RunHandle } from '../../../src/client';
import { watchRun } from '../../../src/cli/watch-run';
import type { RunStatus } from '../../../src/contracts/status';
import { HoldfastError } from '../../../src/errors';
import { runStatus } from './run-status';

const silent = new HoldfastError('Service.Unreachable', 'nobody answers');
const failed = new HoldfastError('Pipeline.Failed', 'it failed', { failure: 'Llm.Overloaded' });

type Answer<T> = T | Error;

/** Answers from two scripts, the last entries for ever; the end is asked for once the looks before it are used up. */
function scripted(looks: readonly Answer<RunStatus>[], ends: readonly Answer<string>[]) {
  let look = 0;
  let end = 0;
  let release: () => void = () => undefined;
  const looked = new Promise<void>((done) => (release = done));
  const told = <T>(answer: Answer<T>): Promise<T> =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  const run = {
    status: () => {
      const answer = looks[Math.min(look++, looks.length - 1)] as Answer<RunStatus>;
      if (look === looks.length) release();
      return told(answer);
    },
    result: async () => {
      await looked;
      return told(ends[Math.min(end++, ends.length - 1)] as Answer<string>);
    },
  };
  const events: string[] = [];
  const watcher = {
    show: (status: RunStatus) => void events.push(status.state),
    say: (line: string) => void events.push(line),
  };
  return { run: run as unknown as RunHandle, watcher, events };
}

describe('watchRun', () => {
  test('shows a run to its end', async () => {
    const { run, watcher, events } = scripted([runStatus(), runStatus({ state: 'completed' })], ['done']);
    const ended = await watchRun(run, { watcher, isReachable: () => Promise.resolve(true), pollMs: 0 });
    expect(ended).toEqual({ kind: 'completed', result: 'done' });
    expect(events[0]).toBe('running');
    expect(events.at(-1)).toBe('completed');
  });

  test('gives the failure of the run as its end', async () => {
    const { run, watcher } = scripted([runStatus()], [failed]);
    const ended = await watchRun(run, { watcher, isReachable: () => Promise.resolve(true), pollMs: 0 });
    expect(ended).toEqual({ kind: 'failed', error: failed });
  });

  test.each([
    [true, 'no worker answers; still watching, the run is not lost'],
    [false, 'Temporal does not answer; still watching, the run is not lost'],
  ])('goes on through silence, and tells it once (Temporal reachable: %p)', async (isReachable, line) => {
    const looks = [runStatus(), silent, silent, runStatus({ tenant: 'back' })];
    const { run, watcher, events } = scripted(looks, [silent, silent, 'done']);
    const ended = await watchRun(run, { watcher, isReachable: () => Promise.resolve(isReachable), pollMs: 0 });
    expect(ended).toEqual({ kind: 'completed', result: 'done' });
    expect(events.filter((event) => event === line)).toHaveLength(1);
    expect(events).toContainEqual(expect.stringMatching(/^answered again after \d+ s$/));
  });

  test('ends also when nobody can give a last picture', async () => {
    const { run, watcher, events } = scripted([silent], ['done']);
    const ended = await watchRun(run, { watcher, isReachable: () => Promise.resolve(true), pollMs: 0 });
    expect(ended).toEqual({ kind: 'completed', result: 'done' });
    expect(events.at(-1)).toBe('no worker answers, so its last steps are not shown');
  });

  test('what is none of these facts is thrown', async () => {
    const { run, watcher } = scripted([new TypeError('a defect')], ['done']);
    const watching = watchRun(run, { watcher, isReachable: () => Promise.resolve(true), pollMs: 60_000 });
    await expect(watching).rejects.toThrow('a defect');
  });
});
