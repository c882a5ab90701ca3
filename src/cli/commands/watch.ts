import { Command } from 'commander';
import type { RunHandle } from '../../client';
import type { RunStatus } from '../../contracts/status';
import { withClient } from '../connect-client';
import { exitCodes, exitCodesHelp } from '../exit-codes';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { resultState } from '../result-state';
import { decideElsewhere } from '../review/decide-elsewhere';
import { createLiveView } from '../view/live-view';
import { watchRun } from '../watch-run';
import type { RunEnd, Watcher } from '../watch-run';

const help = `
Shows a run until it has ended, through continue-as-new and while workers or
Temporal are away. Works on closed runs too. Ctrl-C ends the watching, not the run.

With --json, one line per change: {"event":"status",…} as "holdfast status --json",
{"event":"silence","message":…}, and last {"event":"end","state":…} with "result" or
"failure".

Examples:
  holdfast watch researchReport:report-42
  holdfast watch researchReport:report-42 --json | jq -c 'select(.event == "end")'`;

export function watchCommand(output: Output): Command {
  return new Command('watch')
    .summary('show a run live until it ends')
    .description('Show the steps, waits, cost and approvals of a run while it goes on.')
    .argument('<workflowId>', 'e.g. researchReport:report-42')
    .option('--json', 'one JSON line per change on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((workflowId: string) => watch(workflowId, output));
}

async function watch(workflowId: string, output: Output): Promise<void> {
  const interruption = catchInterruption();
  await interruption.race(
    withClient(output, async (client) => {
      const run = await client.find(workflowId);
      const { watcher, rest } = output.isJson ? jsonWatcher(output) : liveWatcher(workflowId, output);
      try {
        const end = await watchRun(run, { watcher, isReachable: () => client.isReachable() });
        rest();
        await tellEnd(run, end, output);
      } finally {
        rest();
      }
    }),
  );
}

interface Watching {
  readonly watcher: Watcher;
  /** Leaves the terminal as it was. */
  readonly rest: () => void;
}

function liveWatcher(workflowId: string, output: Output): Watching {
  const { show, say, rest } = createLiveView({ stream: output.stream });
  const told = new Set<string>();
  const showAll = (status: RunStatus): void => {
    for (const approval of status.approvals.filter(({ digest }) => !told.has(digest))) {
      told.add(approval.digest);
      decideElsewhere(workflowId, approval).forEach(say);
    }
    show(status);
  };
  return { watcher: { show: showAll, say }, rest };
}

function jsonWatcher(output: Output): Watching {
  let last = '';
  const show = (status: RunStatus): void => {
    const text = JSON.stringify(status);
    if (text !== last) output.json({ event: 'status', ...status });
    last = text;
  };
  const say = (message: string): void => output.json({ event: 'silence', message });
  return { watcher: { show, say }, rest: () => undefined };
}

async function tellEnd(run: RunHandle, end: RunEnd, output: Output): Promise<void> {
  const { workflowId } = run;
  const { pipeline, runId, state: closedAs } = await run.describe();
  const told = { event: 'end', pipeline, workflowId, runId };
  if (end.kind === 'failed') {
    process.exitCode = exitCodes.failed;
    const { type, message, details } = end.error;
    output.text(message);
    const state = closedAs.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    return output.json({ ...told, state, failure: { type: details['failure'] ?? type, message } });
  }
  const { name: state, isRefused } = resultState(end.result);
  if (isRefused) process.exitCode = exitCodes.failed;
  output.text(`${workflowId} ${state}`);
  output.json({ ...told, state, result: end.result });
}
