/**
 * Every shipped version of every pipeline left a history here. Code that cannot replay them would break runs that are
 * open at the moment of a deploy. A golden history is never regenerated to make this pass: see CONTRIBUTING.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { DefaultLogger, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { readServices } from '../support/services';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const directory = resolve(__dirname, 'histories');
const fixtures = readdirSync(directory).filter((name) => name.endsWith('.json'));

interface History {
  events: { workflowExecutionStartedEventAttributes?: { workflowId: string } }[];
}

/** A history that does not begin with its start makes the native core panic and hang: refuse it here. */
function readHistory(name: string): History {
  const history = JSON.parse(readFileSync(join(directory, name), 'utf8')) as History;
  if (history.events[0]?.workflowExecutionStartedEventAttributes === undefined) {
    throw new Error(`${name} does not begin with WorkflowExecutionStarted`);
  }
  return history;
}

/** Children are named after their parent, so a history replays under its own workflow id only. */
function replay(workflowBundle: WorkflowBundleOption, name: string): Promise<void> {
  const history = readHistory(name);
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  return Worker.runReplayHistory({ workflowBundle }, history, workflowId);
}

describe('golden histories', () => {
  test.each(['researchReport', 'holdfastTier'])('there is at least one of %s', (workflow) => {
    expect(fixtures.some((name) => name.startsWith(`${workflow}@`))).toBe(true);
  });

  test.each(fixtures)('%s replays on the code of today', async (name) => {
    const { workflowBundle } = readServices();
    await replay({ codePath: workflowBundle }, name);
  });

  test('a workflow that does something else than its history is caught', async () => {
    const bundle = await bundleWorkflowCode({
      workflowsPath: resolve(__dirname, '../fixtures/broken-workflows.ts'),
      workflowInterceptorModules: [require.resolve('../../src/workflows/interceptors')],
      logger: {
        log: () => undefined,
        trace: () => undefined,
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: console.error,
      },
    });
    const name = fixtures.find((fixture) => fixture.startsWith('researchReport@'));
    if (name === undefined) throw new Error('no golden history of researchReport');
    await expect(replay(bundle, name)).rejects.toThrow(DeterminismViolationError);
  });
});
