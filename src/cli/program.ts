/** The command line: one file per command, and errors of usage in the same form as all others. */
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { capacityCommand } from './commands/capacity';
import { auditCommand } from './commands/audit';
import { answerCommand, approveCommand, editCommand, rejectCommand } from './commands/decide';
import { inboxCommand } from './commands/inbox';
import { tokenCommand } from './commands/token';
import { degradeCommand } from './commands/degrade';
import { demoCommand } from './commands/demo';
import { devCommand } from './commands/dev';
import { evalCommand } from './commands/eval';
import { operateCommand } from './commands/operate';
import { payloadsCommand } from './commands/payloads';
import { planCommand } from './commands/plan';
import { runCommand } from './commands/run';
import { runsCommand } from './commands/runs';
import { scheduleCommand } from './commands/schedule';
import { simulatorCommand } from './commands/simulator';
import { statusCommand } from './commands/status';
import { streamCommand } from './commands/stream';
import { watchCommand } from './commands/watch';
import { workerCommand } from './commands/worker';
import { exitCodesHelp } from './exit-codes';
import { UsageError, usageText } from './failure';
import type { Output } from './output';

const help = `
HOLDFAST_DEBUG=1 adds stack traces to errors.${exitCodesHelp}

Start here:  npm start`;

export function createProgram(output: Output, version: string): Command {
  const commands = [devCommand, workerCommand, runCommand, runsCommand, statusCommand, watchCommand, streamCommand];
  const people = [
    inboxCommand,
    approveCommand,
    rejectCommand,
    editCommand,
    answerCommand,
    tokenCommand,
    auditCommand,
    operateCommand,
  ];
  const program = new Command('holdfast')
    .description('Durable multi-step LLM pipelines on Temporal.')
    .version(version)
    .option('--app <folder>', 'your own pipelines: docs/your-first-pipeline.md (default: HOLDFAST_APP)')
    .hook('preAction', (root) => {
      const { app } = root.opts<{ app?: string }>();
      // Read like all other settings, also by what a command starts.
      if (app !== undefined) process.env['HOLDFAST_APP'] = resolve(app);
    })
    .addHelpText('after', help);
  for (const command of [
    ...commands,
    ...people,
    capacityCommand,
    degradeCommand,
    payloadsCommand,
    planCommand,
    evalCommand,
    scheduleCommand,
    demoCommand,
    simulatorCommand,
  ])
    program.addCommand(command(output));
  quiet(program);
  return program;
}

/** Throws instead of exiting, and leaves the telling of errors to main. */
function quiet(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  command.commands.forEach(quiet);
}

/** Throws `UsageError` for arguments that make no sense; returns when help or the version was asked for. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    if (error.code === 'commander.help') {
      throw new UsageError('which command? "holdfast --help" lists them', { cause: error });
    }
    throw new UsageError(usageText(error.message), { cause: error });
  }
}
