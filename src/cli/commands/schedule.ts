/** `schedule`: runs of a pipeline by the clock. */
import { Command } from 'commander';
import { findPipeline } from '../../contracts/pipelines/catalogue';
import { pipelineWorkflowIdOf } from '../../contracts/ids';
import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import { UsageError } from '../failure';
import { knownPipelines } from '../known-pipelines';
import type { Output } from '../output';
import { jsonForms, readJson } from '../read-json';

const help = `
Temporal starts the runs; while one is going on, the next is left out. An id that
is there already is replaced.

Examples:
  holdfast schedule scheduledEval --id intents --cron '17 3 * * *' --input @evals/intents.json
  holdfast schedule scheduledEval --id intents --now
  holdfast schedule scheduledEval --id intents --remove`;

interface ScheduleOptions {
  readonly id?: string;
  readonly cron?: string;
  readonly timezone?: string;
  readonly input?: string;
  readonly tenant: string;
  readonly now?: true;
  readonly remove?: true;
}

export function scheduleCommand(output: Output): Command {
  return new Command('schedule')
    .summary('start a pipeline by the clock')
    .description('Start a pipeline again and again, by a Temporal Schedule.')
    .argument('<pipeline>', 'its name')
    .option('--id <id>', 'business id of the schedule')
    .option('--cron <times>', "minute, hour, day, month, weekday: '17 3 * * *'")
    .option('--timezone <name>', 'of the times, e.g. Europe/Paris; default: UTC')
    .option('--input <json>', jsonForms)
    .option('--tenant <name>', 'for whom', 'default')
    .option('--now', 'start a run of the schedule now')
    .option('--remove', 'remove the schedule; its runs stay')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((pipeline: string, options: ScheduleOptions) => schedule(pipeline, options, output));
}

async function schedule(pipeline: string, options: ScheduleOptions, output: Output): Promise<void> {
  const { id, cron, timezone, tenant, now, remove } = options;
  if (id === undefined) throw new UsageError('--id: expected the id of the schedule');
  if ([cron, now, remove].filter((option) => option !== undefined).length !== 1) {
    throw new UsageError('expected one of --cron, --now and --remove');
  }
  const contract = findPipeline(knownPipelines(), pipeline);
  const scheduleId = pipelineWorkflowIdOf(pipeline, id);
  if (cron === undefined) {
    const done = now === true ? 'started' : 'removed';
    await withClient(output, (client) =>
      now === true ? client.triggerSchedule(scheduleId) : client.removeSchedule(scheduleId),
    );
    output.text(now === true ? `a run of ${scheduleId} has been started` : `${scheduleId} is removed`);
    output.json({ scheduleId, [done]: true });
    return;
  }
  const input = await inputOf(options);
  // Before connecting: what is wrong with the input shows without a server.
  contract.parseInput(input);
  const made = await withClient(output, (client) =>
    client.schedule(pipeline, input, { id, cron, tenant, ...(timezone !== undefined && { timezone }) }),
  );
  output.text(`${scheduleId} runs by ${cron}${made.next[0] === undefined ? '' : `, next at ${made.next[0]}`}`);
  output.json(made);
}

function inputOf({ input }: ScheduleOptions): Promise<unknown> {
  return input === undefined
    ? Promise.resolve(undefined)
    : readJson({ option: '--input', value: input, type: 'Pipeline.InvalidInput' });
}
