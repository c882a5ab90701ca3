/** `approve`, `reject`, `edit` and `answer`: the same command with four outcomes. */
import { Command } from 'commander';
import type { GivenDecision } from '../../client';
import type { JsonValue } from '../../contracts/json';
import { collect } from '../collect';
import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { jsonForms, readJson } from '../read-json';
import { onlyPending } from '../review/only-pending';
import { userName } from '../user-name';

interface DecideOptions {
  readonly by?: string;
  readonly role?: readonly string[];
  readonly token?: string;
  readonly digest?: string;
  readonly comment?: string;
}

/** What sets one of the commands apart: its outcome, and the value that comes with it. */
type Said = Pick<GivenDecision, 'outcome' | 'content' | 'answer'>;

export function approveCommand(output: Output): Command {
  const help = `
Examples:
  holdfast approve researchReport:report-42
  holdfast approve researchReport:report-42 publish --by ana@acme --comment "good to go"`;
  return decideCommand('approve', 'approve what a run waits for', help)
    .option('--edit <json>', 'the same as "holdfast edit --content"')
    .action((workflowId: string, approval: string | undefined, options: DecideOptions & { edit?: string }) => {
      const { edit } = options;
      const said = edit === undefined ? { outcome: 'approved' as const } : editedTo('--edit', edit);
      return decide({ workflowId, approval, output, options, said });
    });
}

export function rejectCommand(output: Output): Command {
  const help = `
Examples:
  holdfast reject researchReport:report-42 --comment "chapter 3 is not covered"`;
  return decideCommand('reject', 'reject what a run waits for', help).action(
    (workflowId: string, approval: string | undefined, options: DecideOptions) =>
      decide({ workflowId, approval, output, options, said: { outcome: 'rejected' } }),
  );
}

export function editCommand(output: Output): Command {
  const help = `
Examples:
  holdfast status researchReport:report-42 --json | jq '.approvals[0].show' > draft.json
  holdfast edit researchReport:report-42 --content @draft.json`;
  return decideCommand('edit', 'approve a changed content instead of the one shown', help)
    .requiredOption('--content <json>', `the whole changed content: ${jsonForms}`)
    .action((workflowId: string, approval: string | undefined, options: DecideOptions & { content: string }) =>
      decide({ workflowId, approval, output, options, said: editedTo('--content', options.content) }),
    );
}

export function answerCommand(output: Output): Command {
  const help = `
Examples:
  holdfast answer intake:letter-7 customer --value '{"id":"C-1004"}'`;
  return decideCommand('answer', 'answer what a run asks', help)
    .requiredOption('--value <json>', `the answer: ${jsonForms}`)
    .action((workflowId: string, approval: string | undefined, options: DecideOptions & { value: string }) => {
      return decide({ workflowId, approval, output, options, said: answered(options.value) });
    });
}

function decideCommand(name: string, summary: string, help: string): Command {
  return new Command(name)
    .summary(summary)
    .description(`${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`)
    .argument('<workflowId>', 'e.g. researchReport:report-42')
    .argument('[approval]', 'its name; default: the only one that waits')
    .option('--by <who>', 'who decides; default: your user name')
    .option('--role <name>', 'a role you have; may be given several times', collect)
    .option('--token <token>', 'proves who decides, as "holdfast token" makes it; then --by and --role say nothing')
    .option('--digest <digest>', 'of what you looked at; default: what waits now')
    .option('--comment <text>', 'kept with the decision')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp);
}

async function editedTo(option: string, value: string): Promise<Said> {
  return { outcome: 'edited', content: await readJson({ option, value, type: 'Approval.Malformed' }) };
}

async function answered(value: string): Promise<Said> {
  // Written out, a number would be taken for the name of a file.
  const isPlain = /^(true|false|null|-?\d+(\.\d+)?)$/.test(value);
  const answer = isPlain
    ? (JSON.parse(value) as JsonValue)
    : await readJson({ option: '--value', value, type: 'Approval.Malformed' });
  return { outcome: 'answered', answer };
}

interface Deciding {
  readonly workflowId: string;
  readonly approval: string | undefined;
  readonly output: Output;
  readonly options: DecideOptions;
  readonly said: Said | Promise<Said>;
}

async function decide({ workflowId, approval, output, options, said }: Deciding): Promise<void> {
  const { by = userName(), role: roles, token, digest, comment } = options;
  // Before connecting: what is wrong with the value shows without a server.
  const decision: GivenDecision = {
    ...(await said),
    by,
    ...(roles !== undefined && { roles }),
    ...(token !== undefined && { token }),
    ...(digest !== undefined && { digest }),
    ...(comment !== undefined && { comment }),
  };
  await withClient(output, async (client) => {
    const run = client.run(workflowId);
    const name = approval ?? onlyPending(await run.status());
    await run.decide(name, decision);
    const { outcome } = decision;
    const who = token === undefined ? by : 'the holder of the token';
    output.text(`${outcome} "${name}" of ${workflowId} as ${who}`);
    output.json({ workflowId, approval: name, outcome, ...(token === undefined && { by }) });
  });
}
