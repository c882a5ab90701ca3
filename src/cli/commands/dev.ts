import { Command } from 'commander';
import { exitCodesHelp } from '../exit-codes';
import type { Output } from '../output';
import { jsonForms } from '../read-json';

const help = `
Starts Temporal with its Web UI, Redis, a provider simulator and a worker, runs
researchReport on the shipped book, shows it live, asks for the approval and
writes the PDF. With OPENAI_API_KEY or ANTHROPIC_API_KEY set, the real provider
is used and paid. TEMPORAL_ADDRESS (with TEMPORAL_UI_URL for links) and
REDIS_URL name servers to use instead of own ones, HOLDFAST_DEV_DIRECTORY a
folder for data and logs other than .holdfast/dev. Ctrl-C ends everything; the
next start goes on with an unfinished run.

Examples:
  npm start
  npm start -- --topic "What makes a concert programme work" --sections 3
  npm start -- --once --json`;

export function devCommand(output: Output): Command {
  return new Command('dev')
    .summary('run everything on this machine and show one pipeline (npm start)')
    .description('Run everything on this machine and show one pipeline.')
    .option('--topic <text>', 'what the report is about')
    .option('--sections <n>', 'number of sections, 1 to 12')
    .option('--input <json>', `the whole input: ${jsonForms}`)
    .option('--once', 'approve by itself, then stop everything and exit', false)
    .option('--simulate', "use the simulator even when a provider's key is set", false)
    .option('--json', 'one JSON line on standard output, everything else on standard error')
    .addHelpText('after', help + exitCodesHelp)
    .action(
      async (options: { topic?: string; sections?: string; input?: string; once: boolean; simulate: boolean }) => {
        const { runDev } = await import('../dev/run-dev.js');
        await runDev(options, output);
      },
    );
}
