import { Command } from 'commander';
import { withClient } from '../connect-client';
import { decideElsewhere } from '../review/decide-elsewhere';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { renderReview } from '../review/render-review';
import { renderRun } from '../view/render-run';
import { widthOf } from '../view/stream-width';
import { createStyle } from '../view/style';

const help = `
Works on closed runs too, while a worker is there to answer.

Examples:
  holdfast status researchReport:report-42
  holdfast status researchReport:report-42 --json | jq .totals.costUsd`;

export function statusCommand(output: Output): Command {
  return new Command('status')
    .summary('show the steps, cost and pending approvals of a run')
    .description('Show the steps, cost and pending approvals of a run.')
    .argument('<workflowId>', 'e.g. researchReport:report-42')
    .option('--json', 'the whole status as one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((workflowId: string) => showStatus(workflowId, output));
}

async function showStatus(workflowId: string, output: Output): Promise<void> {
  const status = await withClient(output, (client) => client.run(workflowId).status());
  if (output.isJson) {
    output.json(status);
    return;
  }
  const style = createStyle(output.stream);
  const width = widthOf(output.stream);
  for (const line of renderRun(status, { nowMs: Date.now(), width, style })) output.text(line);
  for (const approval of status.approvals) {
    for (const line of renderReview(approval, { width: Math.min(width, 100), style })) output.text(line);
    for (const line of decideElsewhere(workflowId, approval)) output.text(line);
  }
}
