import { Command } from 'commander';

import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { renderInbox } from '../review/render-inbox';
import { widthOf } from '../view/stream-width';
import { createStyle } from '../view/style';

const help = `
Every open run of the task queue is asked what it waits for; a run that does not
answer is named. What is due first stands first.

Examples:
  holdfast inbox
  holdfast inbox --role editors --json | jq -r '.items[] | [.workflowId, .approval.name] | @tsv'`;

export function inboxCommand(output: Output): Command {
  return new Command('inbox')
    .summary('show what waits for a person, over all open runs')
    .description('Show what waits for a person, over all open runs.')
    .option('--role <name>', 'only what somebody with this role may decide')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((options: { role?: string }) => showInbox(options, output));
}

async function showInbox(options: { role?: string }, output: Output): Promise<void> {
  const inbox = await withClient(output, (client) => client.inbox(options));
  const style = createStyle(output.stream);
  for (const line of renderInbox(inbox, { nowMs: Date.now(), width: widthOf(output.stream), style })) output.text(line);
  output.json({ items: inbox.items, silent: inbox.silent });
}
