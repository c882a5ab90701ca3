import { Command } from 'commander';
import type { AuditEntry, AuditTrail } from '../../client';
import { withClient } from '../connect-client';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { printable } from '../view/text';

const help = `
Over the whole run, open or closed, also where it continued as new; answered by a
worker from Temporal's history, so export it before the retention of your namespace
ends. With --json every line is one event, and the last one is a summary with
"event":"summary".

Examples:
  holdfast audit researchReport:report-42
  holdfast audit researchReport:report-42 --json > report-42.audit.jsonl`;

export function auditCommand(output: Output): Command {
  return new Command('audit')
    .summary('show who decided what, and what was refused')
    .description('Show who decided what when about which content, and what was refused why.')
    .argument('<workflowId>', 'e.g. researchReport:report-42')
    .option('--json', 'one JSON line for each event on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((workflowId: string) => showAudit(workflowId, output));
}

async function showAudit(workflowId: string, output: Output): Promise<void> {
  const trail = await withClient(output, (client) => client.run(workflowId).audit());
  for (const entry of trail.entries) {
    output.text(lineOf(entry));
    output.json({ workflowId, ...entry });
  }
  const { omitted, ignoredSignals, isComplete } = trail;
  for (const remark of remarksOn(trail)) output.text(remark);
  output.json({ workflowId, event: 'summary', entries: trail.entries.length, omitted, ignoredSignals, isComplete });
}

function lineOf(entry: AuditEntry): string {
  const { at, event, approval, occurrence, outcome, by, isAuthenticated, via, digest, newDigest, below, reason } =
    entry;
  const parts = [
    at,
    occurrence === 0 ? approval : `${approval} #${occurrence}`,
    outcome === undefined ? event : `${event} ${outcome}`,
    by === undefined ? undefined : `by ${by}${isAuthenticated === true ? ' (proven)' : ''}`,
    via === 'signal' ? 'by signal' : undefined,
    digest === undefined ? undefined : `on ${digest}`,
    newDigest === undefined ? undefined : `now ${newDigest}`,
    below === undefined ? undefined : `below ${below}`,
    reason === undefined ? undefined : `– ${reason}`,
  ];
  return printable(parts.filter((part) => part !== undefined).join('  '));
}

function remarksOn({ entries, omitted, ignoredSignals, isComplete }: AuditTrail): string[] {
  return [
    ...(entries.length === 0 ? ['nobody was asked anything'] : []),
    ...(omitted === 0 ? [] : [`${omitted} more refusals and repetitions were counted only`]),
    ...(ignoredSignals === 0 ? [] : [`${ignoredSignals} decisions by signal had no effect`]),
    ...(isComplete ? [] : ['earlier runs of the chain are gone: their retention is over']),
  ];
}
