/** `operate`: how a step goes on whose every tier has failed. */
import { Command } from 'commander';
import type { JsonValue } from '../../contracts/json';
import type { Operation } from '../../contracts/operation';
import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import { UsageError } from '../failure';
import type { Output } from '../output';
import { jsonForms, readJson } from '../read-json';
import { userName } from '../user-name';

const help = `
A step with "onExhausted: park" waits when no tier is left; "holdfast status" shows it as parked.

Examples:
  holdfast operate intake:letter-7 intake.extract --resume
  holdfast operate intake:letter-7 intake.extract --answer '{"customer":"C-1004"}' --by ana@acme`;

interface OperateOptions {
  readonly resume?: true;
  readonly skip?: true;
  readonly answer?: string;
  readonly occurrence?: string;
  readonly by?: string;
}

export function operateCommand(output: Output): Command {
  return new Command('operate')
    .summary('say how a parked step goes on')
    .description('Say how a parked step goes on.')
    .argument('<workflowId>', 'e.g. researchReport:report-42')
    .argument('<step>', 'its name, e.g. research.outline')
    .option('--resume', 'down its tiers once more')
    .option('--skip', 'on without an answer')
    .option('--answer <json>', `on with this answer: ${jsonForms}`)
    .option('--occurrence <n>', 'which opening of the step; default: the only one that is parked')
    .option('--by <who>', 'who says so; default: your user name')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((workflowId: string, step: string, options: OperateOptions) =>
      operate({ workflowId, step, options, output }),
    );
}

interface Operating {
  readonly workflowId: string;
  readonly step: string;
  readonly options: OperateOptions;
  readonly output: Output;
}

async function operate({ workflowId, step, options, output }: Operating): Promise<void> {
  const { by = userName() } = options;
  // Before connecting: what is wrong with the options shows without a server.
  const operation: Operation = { step, by, ...occurrenceOf(options), ...(await kindOf(options)) };
  await withClient(output, (client) => client.run(workflowId).operate(operation));
  output.text(`${workflowId}: ${step} goes on (${operation.kind}, by ${by})`);
  output.json({ workflowId, ...operation });
}

function occurrenceOf({ occurrence }: OperateOptions): Pick<Operation, 'occurrence'> {
  if (occurrence === undefined) return {};
  const count = Number(occurrence);
  if (!Number.isInteger(count) || count < 0) {
    throw new UsageError(`--occurrence: expected a whole number from 0, received ${JSON.stringify(occurrence)}`);
  }
  return { occurrence: count };
}

async function kindOf({ resume, skip, answer }: OperateOptions): Promise<Pick<Operation, 'kind' | 'value'>> {
  const given = [resume, skip, answer].filter((option) => option !== undefined);
  if (given.length !== 1) throw new UsageError('expected one of --resume, --skip and --answer');
  if (resume !== undefined) return { kind: 'resume' };
  if (answer === undefined) return { kind: 'skip' };
  return { kind: 'answer', value: await readAnswer(answer) };
}

/** Written out, a number would be taken for the name of a file. */
function readAnswer(value: string): JsonValue | Promise<JsonValue> {
  const isPlain = /^(true|false|null|-?\d+(\.\d+)?)$/.test(value);
  return isPlain
    ? (JSON.parse(value) as JsonValue)
    : readJson({ option: '--answer', value, type: 'Operation.Refused' });
}
