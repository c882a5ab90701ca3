import { Command, Option } from 'commander';
import { findPipeline, shippedPipelines } from '../../contracts/pipelines/catalogue';
import type { JsonValue } from '../../contracts/json';
import { priorities } from '../../contracts/settings';
import type { Priority } from '../../contracts/settings';
import type { RunHandle } from '../../client';
import { withClient } from '../connect-client';
import { decideElsewhere, untilDecidedElsewhere } from '../review/decide-elsewhere';
import { exitCodes, exitCodesHelp } from '../exit-codes';
import { followRun } from '../follow-run';
import { freshId } from '../fresh-id';
import { catchInterruption } from '../interruption';
import { knownPipelines } from '../known-pipelines';
import type { Output } from '../output';
import { readBudgetOptions } from '../read-budget-options';
import type { BudgetOptions } from '../read-budget-options';
import { jsonForms, readJson } from '../read-json';
import { resultState } from '../result-state';
import { userName } from '../user-name';
import { createLiveView, quietView } from '../view/live-view';

const help = `
Starting an id that is running with the same input and budget attaches to that run.
Temporal is where TEMPORAL_* says, else the stack of "npm start" in this clone.
Ctrl-C ends the watching, not the run.

Examples:
  holdfast run researchReport --input '{"topic":"Why we clap","source":"books/how-to-listen-to-music.txt"}' --watch
  holdfast run researchReport --input @input.json --id report-42 --tenant acme --budget-usd 2 --detach --json
  jq .input job.json | holdfast run researchReport --input - --json`;

interface RunOptions extends BudgetOptions {
  readonly input?: string;
  readonly id?: string;
  readonly tenant?: string;
  readonly by?: string;
  readonly priority?: Priority;
  readonly detach?: boolean;
  readonly watch?: boolean;
}

export function runCommand(output: Output): Command {
  const pipelines = shippedPipelines.map(({ name, description }) => `  ${name}  ${description}`).join('\n');
  return new Command('run')
    .summary('start a pipeline')
    .description('Start a pipeline and wait for its result.')
    .argument('<pipeline>', 'its name')
    .option('--input <json>', jsonForms)
    .option('--id <id>', 'business id; default: a fresh one')
    .option('--tenant <name>', 'for whom', 'default')
    .option('--by <who>', 'who starts it; default: your user name')
    .addOption(new Option('--priority <class>', "who goes first; default: the tenant's").choices(priorities))
    .option('--budget-usd <amount>', 'US dollars the run may spend; default: any amount')
    .option('--budget-tokens <number>', 'input and output tokens it may use')
    .option('--budget-time <duration>', 'how long it may call models, e.g. 10m')
    .option('--detach', 'return as soon as it has started')
    .option('--watch', 'show its steps while it runs')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', `\nPipelines:\n${pipelines}\n${help}${exitCodesHelp}`)
    .action((pipeline: string, options: RunOptions) => runPipeline(pipeline, options, output));
}

async function runPipeline(pipeline: string, options: RunOptions, output: Output): Promise<void> {
  const interruption = catchInterruption();
  const { input: given } = options;
  const input =
    given === undefined
      ? undefined
      : await readJson({ option: '--input', value: given, type: 'Pipeline.InvalidInput' });
  const budget = readBudgetOptions(options);
  // Before connecting: what is wrong with the input shows without a server.
  findPipeline(knownPipelines(), pipeline).parseInput(input);
  await interruption.race(
    withClient(output, async (client) => {
      const run = await client.start(pipeline, input, {
        id: options.id ?? freshId('run'),
        tenant: options.tenant ?? 'default',
        startedBy: options.by ?? userName(),
        ...(options.priority && { priority: options.priority }),
        ...(budget && { budget }),
      });
      const { runId } = await run.describe();
      output.text(`started ${run.workflowId}`);
      if (options.detach === true) output.json({ pipeline, workflowId: run.workflowId, runId, status: 'running' });
      else await waitForResult({ pipeline, run, runId, output, isWatched: options.watch === true });
    }),
  );
}

interface Waiting {
  readonly pipeline: string;
  readonly run: RunHandle;
  readonly runId: string;
  readonly output: Output;
  readonly isWatched: boolean;
}

async function waitForResult({ pipeline, run, runId, output, isWatched }: Waiting): Promise<void> {
  const { stream } = output;
  const { result } = await followRun<JsonValue>(run, {
    view: isWatched ? createLiveView({ stream }) : quietView(stream),
    decide: async (approval, elsewhere) => {
      decideElsewhere(run.workflowId, approval).forEach(output.text);
      await untilDecidedElsewhere(elsewhere);
    },
  });
  const { name: status, isRefused } = resultState(result);
  if (isRefused) process.exitCode = exitCodes.failed;
  output.text(`${run.workflowId} ${status}`);
  if (!output.isJson) output.text(JSON.stringify(result, null, 2));
  output.json({ pipeline, workflowId: run.workflowId, runId, status, result });
}
