import { Command, InvalidArgumentError } from 'commander';
import type { PayloadSweep, PayloadVerification } from '../../client';
import { collect } from '../collect';
import { withClient } from '../connect-client';
import { exitCodes, exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { countText } from '../view/text';

const sweepHelp = `
A payload goes when nobody has written or read it since before the oldest run that
Temporal still has, open or closed, and before the last use of every schedule. So
nothing that can be needed goes, whatever --older-than says.

Several namespaces that share a store must all be named.

Examples:
  holdfast payloads sweep --dry-run
  holdfast payloads sweep --older-than 30d --namespace default --namespace billing --json`;

const verifyHelp = `
Reads everything and compares it with the SHA-256 it is kept under. Ends with 1 when
something is damaged: bring that back from a backup.

Example:
  holdfast payloads verify --json | jq '.stores[].damagedKeys'`;

export function payloadsCommand(output: Output): Command {
  return new Command('payloads')
    .summary('look after the payload stores: remove what no run needs, find what is damaged')
    .description('Look after the stores of HOLDFAST_PAYLOADS.')
    .addCommand(sweepCommand(output))
    .addCommand(verifyCommand(output));
}

interface SweepArguments {
  readonly olderThan?: number;
  readonly margin?: number;
  readonly namespace?: readonly string[];
  readonly dryRun?: boolean;
}

function sweepCommand(output: Output): Command {
  return new Command('sweep')
    .summary('remove what no run can need any more')
    .description('Remove what no run can need any more.')
    .option('--older-than <age>', 'only what was not used for so long; default: the retention and the margin', readAge)
    .option('--margin <age>', 'before the oldest run; default 7d, at least 2d', readAge)
    .option('--namespace <name>', 'another namespace with runs in this store; may be given several times', collect)
    .option('--dry-run', 'remove nothing, tell what would be')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', sweepHelp + exitCodesHelp)
    .action((options: SweepArguments) => sweep(options, output));
}

async function sweep({ olderThan, margin, namespace, dryRun = false }: SweepArguments, output: Output): Promise<void> {
  const swept: PayloadSweep = await withClient(output, (client) =>
    client.sweepPayloads({
      isDryRun: dryRun,
      ...(olderThan !== undefined && { olderThanMs: olderThan }),
      ...(margin !== undefined && { marginMs: margin }),
      ...(namespace !== undefined && { namespaces: namespace }),
    }),
  );
  output.text(`not used since ${swept.unusedSince}, by ${swept.because}:`);
  for (const { store, removed, removedBytes, kept, keptBytes } of swept.stores) {
    const verb = dryRun ? 'would remove' : 'removed';
    output.text(`${store}: ${verb} ${amountText(removed, removedBytes)}, kept ${amountText(kept, keptBytes)}`);
  }
  output.json({ dryRun, ...swept });
}

function verifyCommand(output: Output): Command {
  return new Command('verify')
    .summary('compare every payload with its digest')
    .description('Compare every payload with its digest.')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', verifyHelp + exitCodesHelp)
    .action(() => verify(output));
}

async function verify(output: Output): Promise<void> {
  const verified: PayloadVerification = await withClient(output, (client) => client.verifyPayloads());
  for (const { store, checked, checkedBytes, damaged, damagedKeys } of verified.stores) {
    output.text(`${store}: ${amountText(checked, checkedBytes)} checked, ${countText(damaged)} damaged`);
    for (const key of damagedKeys) output.text(`  ${key}`);
  }
  output.json(verified);
  if (verified.damaged > 0) process.exitCode = exitCodes.failed;
}

function amountText(count: number, bytes: number): string {
  return `${countText(count)} payloads (${(bytes / 1_000_000).toFixed(1)} MB)`;
}

const hourMs = 3_600_000;

function readAge(text: string): number {
  const [, count, unit] = /^(\d{1,5})(h|d)$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('expected hours or days, such as 36h or 30d');
  return Number(count) * (unit === 'h' ? hourMs : 24 * hourMs);
}
