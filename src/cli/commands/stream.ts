import { Command, InvalidArgumentError } from 'commander';
import type { StreamChunk } from '../../client';
import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { showStream } from '../view/show-stream';

const help = `
Works while the step is written and for an hour afterwards; the step's settings
say "stream: true". A step that is yet to be opened is waited for. When another
attempt takes over, a marked line says that the text begins again.
With --json every line is one event: {"kind":"reset"|"text"|"end", …, "offset"}.

Examples:
  holdfast stream researchReport:report-42 research.synthesize
  holdfast stream chat:7 chat.answer --json | jq -r 'select(.kind=="text").text'
  holdfast stream chat:7 chat.answer --from '1763757600000-0~mi8n…~5k' --json`;

interface StreamCommandOptions {
  readonly occurrence: number;
  readonly from?: string;
}

export function streamCommand(output: Output): Command {
  return new Command('stream')
    .summary('follow the text of a step while it is written')
    .description('Follow the text of a step while it is written.')
    .argument('<workflowId>', 'e.g. researchReport:report-42')
    .argument('<step>', 'its name in the configuration, e.g. research.synthesize')
    .option('--occurrence <n>', 'which opening of the step, counted from 0', readOccurrence, 0)
    .option('--from <offset>', 'continue after this event; default: from the beginning')
    .option('--json', 'one JSON line for each event on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((workflowId: string, step: string, options: StreamCommandOptions) =>
      followStep({ workflowId, step, options, output }),
    );
}

function readOccurrence(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('expected a whole number from 0');
}

interface Following {
  readonly workflowId: string;
  readonly step: string;
  readonly options: StreamCommandOptions;
  readonly output: Output;
}

async function followStep({ workflowId, step, options, output }: Following): Promise<void> {
  const interruption = catchInterruption();
  const { occurrence, from } = options;
  const show = output.isJson ? (chunk: StreamChunk) => output.json(chunk) : showStream(output);
  await interruption.race(
    withClient(output, async (client) => {
      const chunks = client.run(workflowId).stream(step, { occurrence, ...(from !== undefined && { from }) });
      for await (const chunk of chunks) show(chunk);
    }),
  );
}
