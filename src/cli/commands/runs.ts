import { Command, Option } from 'commander';
import { runWaits } from '../../contracts/search-attributes';
import type { RunWait } from '../../contracts/search-attributes';
import type { RunListState } from '../../client';
import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import { UsageError } from '../failure';
import type { Output } from '../output';
import { renderRuns } from '../view/render-runs';
import { widthOf } from '../view/stream-width';
import { createStyle } from '../view/style';

const help = `
Read from Temporal's visibility, a moment behind the runs; no worker is asked.
All but --pipeline, --state and --limit need Holdfast's search attributes, which
workers register at their start where they may.

Examples:
  holdfast runs
  holdfast runs --state running --waiting operator
  holdfast runs --tenant acme --degraded --json | jq -r '.runs[].workflowId'`;

const states = ['running', 'completed', 'failed', 'cancelled', 'terminated', 'timedOut'];

interface RunsOptions {
  readonly pipeline?: string;
  readonly tenant?: string;
  readonly state?: RunListState;
  readonly degraded?: true;
  readonly waiting?: RunWait;
  readonly step?: string;
  readonly limit?: string;
}

export function runsCommand(output: Output): Command {
  return new Command('runs')
    .summary('list runs by pipeline, tenant, state, what they wait for')
    .description('List the runs of the task queue, the latest first.')
    .option('--pipeline <name>', 'only of this pipeline')
    .option('--tenant <name>', 'only for this tenant')
    .addOption(new Option('--state <state>', 'only in this state').choices(states))
    .option('--degraded', 'only those that a fallback tier has served')
    .addOption(new Option('--waiting <for>', 'only those that wait for it').choices([...runWaits]))
    .option('--step <name>', 'only where this step was on a fallback tier, failed, or is waited for')
    .option('--limit <n>', 'how many at most, up to 1,000; default 50')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((options: RunsOptions) => showRuns(options, output));
}

async function showRuns(options: RunsOptions, output: Output): Promise<void> {
  const { limit, waiting, ...others } = options;
  const filter = {
    ...others,
    ...(waiting && { waitingFor: waiting }),
    ...(limit !== undefined && { limit: readLimit(limit) }),
  };
  const runs = await withClient(output, (client) => client.list(filter));
  const style = createStyle(output.stream);
  // A pipe gets whole ids: somebody is going to cut them out.
  const width = output.stream.isTTY ? widthOf(output.stream) : Number.POSITIVE_INFINITY;
  for (const line of renderRuns(runs, { nowMs: Date.now(), width, style })) output.text(line);
  output.json({ runs });
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0 && limit <= 1_000) return limit;
  throw new UsageError(`--limit: expected a whole number from 1 to 1,000, received ${JSON.stringify(text)}`);
}
