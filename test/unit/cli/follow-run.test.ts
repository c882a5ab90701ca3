import { followRun } from '../../../src/cli/follow-run';
import type { FollowOptions } from '../../../src/cli/follow-run';
import type { RunHandle } from '../../../src/client';
import type { PendingApproval } from '../../../src/contracts/approval';
import type { RunStatus } from '../../../src/contracts/status';
import { HoldfastError } from '../../../src/errors';
import { pendingApproval, runStatus } from './run-status';

const asking = runStatus({ state: 'waitingForPerson', approvals: [pendingApproval] });
const completed = runStatus({ state: 'completed' });

/** A run that answers one entry of the script per look, the last one for ever, and ends when told. */
function scriptedRun(script: (RunStatus | Error)[]) {
  let look = 0;
  let end: (outcome: Promise<string>) => void = () => undefined;
  const result = new Promise<string>((resolve) => (end = resolve));
  const status = async (): Promise<RunStatus> => {
    const entry = script[Math.min(look, script.length - 1)];
    look += 1;
    if (entry instanceof Error) throw entry;
    return entry as RunStatus;
  };
  const run = { status, result: () => result } as unknown as RunHandle;
  return {
    run,
    succeed: () => end(Promise.resolve('result')),
    fail: (error: Error) => end(Promise.reject(error)),
  };
}

function recordingView() {
  const events: string[] = [];
  const view: FollowOptions['view'] = {
    show: (status) => void events.push(status.state),
    say: (line) => void events.push(`says ${line}`),
    rest: () => void events.push('rests'),
  };
  return { view, events };
}

describe('followRun', () => {
  test('shows every status up to the last one and gives the result with it', async () => {
    const { run, succeed } = scriptedRun([runStatus(), completed]);
    const { view, events } = recordingView();
    const following = followRun(run, { view, pollMs: 0 });
    succeed();
    await expect(following).resolves.toEqual({ result: 'result', status: completed });
    expect(events).toEqual(['running', 'completed', 'rests']);
  });

  test('shows how a run ended before it throws its failure', async () => {
    const { run, fail } = scriptedRun([runStatus(), runStatus({ state: 'failed' })]);
    const { view, events } = recordingView();
    const following = followRun(run, { view, pollMs: 0 });
    fail(new HoldfastError('Pipeline.Failed', 'it failed'));
    await expect(following).rejects.toThrow('it failed');
    expect(events).toEqual(['running', 'failed', 'rests']);
  });

  test('throws the failure of a run also when nobody is there for a last picture', async () => {
    const silent = new HoldfastError('Service.Unreachable', 'no worker answers');
    const { run, fail } = scriptedRun([runStatus(), silent]);
    const following = followRun(run, { view: recordingView().view, pollMs: 0 });
    fail(new HoldfastError('Pipeline.Failed', 'it was terminated'));
    await expect(following).rejects.toThrow('it was terminated');
  });

  test('asks once, with the picture at rest, and goes on afterwards', async () => {
    const { run, succeed } = scriptedRun([asking, completed]);
    const { view, events } = recordingView();
    const decide = jest.fn(async () => succeed());
    await followRun(run, { view, decide, pollMs: 0 });
    expect(decide).toHaveBeenCalledTimes(1);
    expect(events.slice(0, 2)).toEqual(['waitingForPerson', 'rests']);
    expect(events.at(-2)).toBe('completed');
  });

  test('tells the asker when somebody decided elsewhere', async () => {
    const { run, succeed } = scriptedRun([asking, asking, completed]);
    const decide = (_: PendingApproval, elsewhere: AbortSignal): Promise<void> =>
      new Promise((resolve) =>
        elsewhere.addEventListener('abort', () => {
          succeed();
          resolve();
        }),
      );
    await expect(followRun(run, { view: recordingView().view, decide, pollMs: 0 })).resolves.toMatchObject({
      result: 'result',
    });
  });

  test('ends an open question when the run ends under it', async () => {
    const { run, fail } = scriptedRun([asking, asking, runStatus({ state: 'cancelled' })]);
    let wasEnded = false;
    const decide = (_: PendingApproval, elsewhere: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => {
        fail(new Error('cancelled'));
        elsewhere.addEventListener('abort', () => {
          wasEnded = true;
          reject(new Error('nobody reads this'));
        });
      });
    await expect(followRun(run, { view: recordingView().view, decide, pollMs: 0 })).rejects.toThrow('cancelled');
    expect(wasEnded).toBe(true);
  });

  test('throws what deciding threw', async () => {
    const { run } = scriptedRun([asking]);
    const decide = async (): Promise<void> => Promise.reject(new Error('no terminal'));
    await expect(followRun(run, { view: recordingView().view, decide, pollMs: 0 })).rejects.toThrow('no terminal');
  });

  test('keeps watching while no worker answers, and says so once', async () => {
    const silent = new HoldfastError('Service.Unreachable', 'no worker answers');
    const { run, succeed } = scriptedRun([silent, silent, asking, completed]);
    const { view, events } = recordingView();
    await followRun(run, { view, decide: async () => succeed(), pollMs: 0 });
    expect(events.filter((event) => event.startsWith('says'))).toEqual(['says no worker answers; still watching']);
  });

  test('does not go on when the run is not there', async () => {
    const { run } = scriptedRun([new HoldfastError('Pipeline.NotFound', 'no such run')]);
    await expect(followRun(run, { view: recordingView().view, pollMs: 0 })).rejects.toThrow('no such run');
  });
});
