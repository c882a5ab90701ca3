import { Command, InvalidArgumentError } from 'commander';
import { durationWords, parseDurationMs } from '../../contracts/duration';
import { collect } from '../collect';
import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { onlyPending } from '../review/only-pending';

const help = `
The token is bound to this one question and to the content as it is now. It needs a
key of the workers in HOLDFAST_APPROVAL_KEYS.

Examples:
  holdfast token researchReport:report-42 publish --by ana@acme --role editors --valid 8h
  holdfast approve researchReport:report-42 publish --token "$token"`;

interface TokenOptions {
  readonly by: string;
  readonly role?: readonly string[];
  readonly valid: number;
}

export function tokenCommand(output: Output): Command {
  return new Command('token')
    .summary('sign who may decide what a run waits for')
    .description('Sign who may decide what a run waits for.')
    .argument('<workflowId>', 'e.g. researchReport:report-42')
    .argument('[approval]', 'its name; default: the only one that waits')
    .requiredOption('--by <who>', 'who it is for')
    .option('--role <name>', 'a role they have; may be given several times', collect)
    .option('--valid <duration>', 'how long it is worth something', readDuration, dayMs)
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((workflowId: string, approval: string | undefined, options: TokenOptions) =>
      sign({ workflowId, approval, options, output }),
    );
}

const dayMs = 24 * 3_600_000;

function readDuration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new InvalidArgumentError(`expected ${durationWords}`);
}

interface Signing {
  readonly workflowId: string;
  readonly approval: string | undefined;
  readonly options: TokenOptions;
  readonly output: Output;
}

async function sign({ workflowId, approval, options, output }: Signing): Promise<void> {
  const { by, role: roles, valid: validMs } = options;
  await withClient(output, async (client) => {
    const run = client.run(workflowId);
    const name = approval ?? onlyPending(await run.status());
    const token = await run.approvalToken(name, { by, validMs, ...(roles !== undefined && { roles }) });
    output.text(token);
    output.json({ workflowId, approval: name, by, roles: roles ?? [], token });
  });
}
