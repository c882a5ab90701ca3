import { Command } from 'commander';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';

const help = `
Each demo starts its own Temporal, Redis, simulator and worker on free ports and
removes everything afterwards. The numbers come from the simulator's ledger and
from Temporal's history, not from Holdfast's own counters.`;

const crashHelp = `
A worker is killed with SIGKILL when the last model answer is paid and the PDF
not yet made; another one finishes the run. Exit code 0 when no further call was
paid for and the report was published.

Example:
  npm run demo:crash -- --json`;

const outageHelp = `
Both endpoints of the primary model answer 503 from the start. Exit code 0 when
the report was published by fallback tiers and no step failed.

Example:
  npm run demo:outage -- --json`;

const lanesHelp = `
Batch work of two tenants saturates a small pool while people ask questions, then
a crowd asks more than the pool can answer. Takes about two and a half minutes.
Exit code 0 when questions waited under 1 s (p99), batch never got less than its
tenth, the tenants' tokens stood 3:1 as their weights do, and nothing was refused.
Its configuration is an example too: examples/lanes.

Example:
  npm run demo:lanes -- --json`;

const streamHelp = `
Two hundred answers are followed while they are written, some twenty-five at a
time, then one whose worker is killed with SIGKILL in the middle. Takes about two
and a half minutes. Exit code 0 when the first text was at the caller within 50 ms
of the provider's first token (p99), and when the reader whose worker was killed
saw a reset and then the whole answer that the run has recorded.
Its configuration is an example too: examples/stream.

Example:
  npm run demo:stream -- --json`;

export function demoCommand(output: Output): Command {
  const demo = new Command('demo')
    .summary('watch a crash or an outage being survived, a pool being shared, an answer being written')
    .addHelpText('after', help);
  demo
    .command('crash')
    .summary('kill a worker in the middle and count the paid calls')
    .description('Kill a worker in the middle and count the paid calls.')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', crashHelp + exitCodesHelp)
    .action(async () => {
      const { runCrashDemo } = await import('../demo/crash.js');
      await runCrashDemo(output);
    });
  demo
    .command('outage')
    .summary('take the primary model away and see who answers')
    .description('Take the primary model away and see who answers.')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', outageHelp + exitCodesHelp)
    .action(async () => {
      const { runOutageDemo } = await import('../demo/outage.js');
      await runOutageDemo(output);
    });
  demo
    .command('lanes')
    .summary('share a pool between people, batch work and two tenants')
    .description('Share a pool between people, batch work and two tenants.')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', lanesHelp + exitCodesHelp)
    .action(async () => {
      const { runLanesDemo } = await import('../demo/lanes.js');
      await runLanesDemo(output);
    });
  demo
    .command('stream')
    .summary('follow answers while they are written, through a crash')
    .description('Follow answers while they are written, through a crash.')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', streamHelp + exitCodesHelp)
    .action(async () => {
      const { runStreamDemo } = await import('../demo/stream.js');
      await runStreamDemo(output);
    });
  return demo;
}
