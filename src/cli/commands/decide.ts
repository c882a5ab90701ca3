/** `approve` and `reject`: the same command with two outcomes. */
import { Command } from 'commander';
import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { readJson } from '../read-json';
import type { TypedDecision } from '../review/ask-decision';
import { onlyPending } from '../review/only-pending';
import { userName } from '../user-name';

interface DecideOptions {
  readonly by?: string;
  readonly comment?: string;
  readonly edit?: string;
}

export function approveCommand(output: Output): Command {
  const help = `
Examples:
  holdfast approve researchReport:report-42
  holdfast approve researchReport:report-42 publish --by ana@acme --comment "good to go"

  # change the content, then approve the changed one
  holdfast status researchReport:report-42 --json | jq '.approvals[0].show' > draft.json
  holdfast approve researchReport:report-42 --edit @draft.json`;
  return decideCommand('approve', 'approve what a run waits for', help)
    .option('--edit <json>', 'approve this content instead of the one shown: JSON, a file, or -')
    .action((workflowId: string, approval: string | undefined, options: DecideOptions) =>
      decide({ workflowId, approval, output, decision: approvalOf(options) }),
    );
}

export function rejectCommand(output: Output): Command {
  const help = `
Examples:
  holdfast reject researchReport:report-42 --comment "chapter 3 is not covered"`;
  return decideCommand('reject', 'reject what a run waits for', help).action(
    (workflowId: string, approval: string | undefined, { by = userName(), comment }: DecideOptions) => {
      const said = comment === undefined ? {} : { comment };
      return decide({ workflowId, approval, output, decision: Promise.resolve({ outcome: 'rejected', by, ...said }) });
    },
  );
}

function decideCommand(name: string, summary: string, help: string): Command {
  return new Command(name)
    .summary(summary)
    .description(`${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`)
    .argument('<workflowId>', 'e.g. researchReport:report-42')
    .argument('[approval]', 'its name; default: the only one that waits')
    .option('--by <who>', 'who decides; default: your user name')
    .option('--comment <text>', 'kept with the decision')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp);
}

async function approvalOf({ by = userName(), comment, edit }: DecideOptions): Promise<TypedDecision> {
  const common = { by, ...(comment === undefined ? {} : { comment }) };
  if (edit === undefined) return { outcome: 'approved', ...common };
  const content = await readJson({ option: '--edit', value: edit, type: 'Approval.Malformed' });
  return { outcome: 'edited', content, ...common };
}

interface Deciding {
  readonly workflowId: string;
  readonly approval: string | undefined;
  readonly output: Output;
  readonly decision: Promise<TypedDecision>;
}

async function decide({ workflowId, approval, output, decision }: Deciding): Promise<void> {
  const typed = await decision;
  await withClient(output, async (client) => {
    const run = client.run(workflowId);
    const name = approval ?? onlyPending(await run.status());
    await run.decide(name, typed);
    output.text(`${typed.outcome} "${name}" of ${workflowId} as ${typed.by}`);
    output.json({ workflowId, approval: name, outcome: typed.outcome, by: typed.by });
  });
}
