import { Command, InvalidArgumentError } from 'commander';
import { didYouMean } from '../../config/closest';
import { limitDimensions, requestWindowsMs } from '../../contracts/settings';
import type { LimitDimension, Limits, RequestWindowMs, Settings } from '../../contracts/settings';
import { exitCodesHelp } from '../exit-codes';
import { UsageError } from '../failure';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { redisEnvironment } from '../redis-environment';

const help = `
The limits are in force at once, for every worker, under the next version. What is
not named is not limited any more, so name all. Workers keep their configuration
but cannot put its limits back until its capacity.limitsVersion is higher than the
version this command tells; write the new limits there before the next deploy.

Example:
  holdfast capacity set openai-eastus --rpm 900 --tpm 150000 --concurrency 64`;

type SetOptions = Readonly<Partial<Record<LimitDimension, number>>> & { readonly requestWindow?: RequestWindowMs };

const flags: Readonly<Record<LimitDimension, string>> = {
  rpm: '--rpm <n>',
  tpm: '--tpm <n>',
  inputTpm: '--input-tpm <n>',
  outputTpm: '--output-tpm <n>',
  rpd: '--rpd <n>',
  concurrency: '--concurrency <n>',
};

export function capacitySetCommand(output: Output): Command {
  const command = new Command('set')
    .summary('change the limits of a quota group while everything runs')
    .description('Change the limits of a quota group (an endpoint that shares its quota with nobody is its own).')
    .argument('<quotaGroup>');
  for (const dimension of limitDimensions) command.option(flags[dimension], `limit ${dimension}`, aboveZero);
  return command
    .option(
      '--request-window <ms>',
      `shortest window rpm is judged on: ${requestWindowsMs.join(' or ')}`,
      requestWindow,
    )
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((quotaGroup: string, options: SetOptions) => setLimits(quotaGroup, options, output));
}

async function setLimits(quotaGroup: string, options: SetOptions, output: Output): Promise<void> {
  const limits = limitsOf(options);
  const interruption = catchInterruption();
  const { openCapacity } = await import('../../workers/open-capacity.js');
  const environment = redisEnvironment(output, process.env);
  const check = (settings: Settings): void => checkQuotaGroup(quotaGroup, settings);
  const capacity = await interruption.race(openCapacity(environment, { check }));
  try {
    const version = await interruption.race(capacity.setLimits(quotaGroup, limits));
    output.text(`${quotaGroup}: in force for every worker, as version ${version}.`);
    output.json({ quotaGroup, limits, version });
  } finally {
    await capacity.close();
  }
}

function limitsOf({ requestWindow: requestWindowMs, ...options }: SetOptions): Limits {
  const named = limitDimensions.filter((dimension) => options[dimension] !== undefined);
  if (named.length === 0) throw new UsageError(`name at least one limit: ${Object.values(flags).join(', ')}`);
  if (requestWindowMs !== undefined && options.rpm === undefined) {
    throw new UsageError('--request-window says how --rpm is judged: name both');
  }
  const limits = Object.fromEntries(named.map((dimension) => [dimension, options[dimension]]));
  return { ...limits, ...(requestWindowMs === undefined ? {} : { requestWindowMs }) };
}

function checkQuotaGroup(quotaGroup: string, { endpoints, file }: Settings): void {
  const known = [...new Set(Object.values(endpoints).map((endpoint) => endpoint.quotaGroup))];
  if (known.includes(quotaGroup)) return;
  const hint = didYouMean(quotaGroup, known);
  throw new UsageError(`there is no quota group "${quotaGroup}" in ${file} (known: ${known.join(', ')})${hint}`);
}

function aboveZero(text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number above 0.');
}

function requestWindow(text: string): RequestWindowMs {
  const value = requestWindowsMs.find((ms) => String(ms) === text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError(`Expected ${requestWindowsMs.join(' or ')}.`);
}
