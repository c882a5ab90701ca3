/** `degrade`: tells pipelines to leave out what is heavy, for a while. */
import { Command } from 'commander';
import type { DegradedFlag, DegradedScope } from '../../contracts/degraded';
import { durationWords, parseDurationMs } from '../../contracts/duration';
import type { OpenDegraded } from '../../workers/open-degraded';
import { exitCodesHelp } from '../exit-codes';
import { UsageError } from '../failure';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { redisEnvironment } from '../redis-environment';
import { userName } from '../user-name';
import { printable } from '../view/text';

const help = `
A pipeline that asks (degradedMode()) then leaves out what is heavy and not needed.
Without --tenant and --pipeline it is for all of them. Pools with "degradeWhen" call
for it by themselves; "holdfast degrade" shows both.

Examples:
  holdfast degrade on --for 1h --reason "the primary region is down"
  holdfast degrade on --pipeline researchReport --for 30m --reason "end of month"
  holdfast degrade off --pipeline researchReport
  holdfast degrade --json`;

interface ScopeOptions {
  readonly tenant?: string;
  readonly pipeline?: string;
}

interface OnOptions extends ScopeOptions {
  readonly for: string;
  readonly reason: string;
  readonly by?: string;
}

export function degradeCommand(output: Output): Command {
  return new Command('degrade')
    .summary('tell pipelines to leave out what is heavy, for a while')
    .description('Show where degraded mode is on, or set it.')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .addCommand(onCommand(output))
    .addCommand(offCommand(output))
    .action(() => withFlags(output, (flags) => show(flags, output)));
}

function onCommand(output: Output): Command {
  return scoped(new Command('on').summary('turn it on').description('Turn degraded mode on, until its time is over.'))
    .requiredOption('--for <time>', 'how long, e.g. 1h')
    .requiredOption('--reason <text>', 'told to the pipelines, and to whoever looks')
    .option('--by <who>', 'who says so; default: your user name')
    .addHelpText('after', exitCodesHelp)
    .action((options: OnOptions) => turnOn(options, output));
}

function offCommand(output: Output): Command {
  return scoped(new Command('off').summary('turn it off').description('Turn off what was turned on for the same.'))
    .addHelpText('after', exitCodesHelp)
    .action((options: ScopeOptions) => turnOff(options, output));
}

function scoped(command: Command): Command {
  return command
    .option('--tenant <name>', 'only for runs of this tenant')
    .option('--pipeline <name>', 'only for runs of this pipeline')
    .option('--json', 'one JSON line on standard output');
}

async function turnOn({ for: text, reason, by = userName(), ...options }: OnOptions, output: Output): Promise<void> {
  const scope = scopeOf(options);
  const forMs = parseDurationMs(text);
  if (!forMs) throw new UsageError(`--for: expected ${durationWords}, received ${JSON.stringify(text)}`);
  if (reason.trim() === '') throw new UsageError('--reason: expected a few words');
  await withFlags(output, async (flags) => {
    const flag = await flags.set({ ...scope, reason, by, forMs });
    output.text(`degraded mode is on: ${lineOf(flag)}`);
    output.json({ ...flag });
  });
}

async function turnOff(options: ScopeOptions, output: Output): Promise<void> {
  const scope = scopeOf(options);
  await withFlags(output, async (flags) => {
    const was = await flags.clear(scope);
    output.text(was ? `degraded mode is off for ${scopeText(scope)}` : `it was not on for ${scopeText(scope)}`);
    output.json({ ...scope, was });
  });
}

async function show(flags: OpenDegraded, output: Output): Promise<void> {
  const [set, pools] = [await flags.read(), await flags.poolReasons()];
  for (const flag of set) output.text(lineOf(flag));
  for (const reason of pools) output.text(`by policy: ${reason}`);
  if (set.length + pools.length === 0) output.text('degraded mode is off');
  output.json({ flags: set, pools });
}

async function withFlags(output: Output, work: (flags: OpenDegraded) => Promise<void>): Promise<void> {
  const interruption = catchInterruption();
  // Loaded here only: every other command starts without a Redis client.
  const { openDegraded } = await import('../../workers/open-degraded.js');
  const flags = await interruption.race(openDegraded(redisEnvironment(output, process.env)));
  try {
    await interruption.race(work(flags));
  } finally {
    await flags.close();
  }
}

/** A name that no run can have would be a flag for nobody. */
function scopeOf({ tenant, pipeline }: ScopeOptions): DegradedScope {
  for (const [option, name] of Object.entries({ tenant, pipeline })) {
    if (name === undefined || /^[A-Za-z0-9][A-Za-z0-9._@+=-]{0,199}$/.test(name)) continue;
    throw new UsageError(`--${option}: expected a name, received ${JSON.stringify(name)}`);
  }
  return { ...(tenant !== undefined && { tenant }), ...(pipeline !== undefined && { pipeline }) };
}

function lineOf({ reason, by, until, ...scope }: DegradedFlag): string {
  const time = until.slice(0, 16).replace('T', ' ');
  return `${scopeText(scope)}, until ${time} UTC, by ${printable(by)}: ${printable(reason)}`;
}

function scopeText({ tenant, pipeline }: DegradedScope): string {
  const runs = pipeline === undefined ? 'all pipelines' : `pipeline ${pipeline}`;
  return tenant === undefined ? runs : `${runs}, tenant ${tenant}`;
}
