import { Command } from 'commander';
import { didYouMean } from '../../config/closest';
import type { Settings } from '../../contracts/settings';
import { createSnapshotView, showOnce, watch } from '../capacity/show-capacity';
import { exitCodesHelp } from '../exit-codes';
import { UsageError } from '../failure';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { capacitySetCommand } from './capacity-set';
import { redisEnvironment } from '../redis-environment';

const help = `
Per endpoint: how much of each limit is booked in the last minute (rpd: today),
starts ahead included. "40/42 of 60" is 40 used, 42 usable now because headers,
429s or an outage tightened the limit, 60 configured. Per pool and lane: how
many calls wait, and after "~" what a call of mean size that comes now would wait.

Redis is where REDIS_URL says, else the stack of "npm start" in this clone; the
pools are those of HOLDFAST_CONFIG. No provider's key is needed.

With --json the last line is one object, {"at":…,"pools":[…]}; with --watch too
there is one per second and line (NDJSON), {"at":…,"error":…} while Redis is away.

Examples:
  holdfast capacity
  holdfast capacity smart claude --watch
  holdfast capacity --json | jq '.pools[].endpoints[] | {endpoint, inFlight}'`;

const everyMs = 1_000;

interface CapacityOptions {
  readonly watch?: boolean;
}

export function capacityCommand(output: Output): Command {
  return new Command('capacity')
    .summary('show what is used of each quota, and who waits')
    .description('Show what is used of each quota, who waits and what is blocked.')
    .argument('[pools...]', 'default: all of the configuration')
    .option('--watch', 'again every second until Ctrl-C')
    .option('--json', 'one JSON line on standard output, with --watch one per second')
    .addHelpText('after', help + exitCodesHelp)
    .addCommand(capacitySetCommand(output))
    .action((pools: string[], options: CapacityOptions) => showCapacity(pools, options, output));
}

async function showCapacity(asked: readonly string[], options: CapacityOptions, output: Output): Promise<void> {
  const interruption = catchInterruption();
  // Loaded here only: every other command starts without a Redis client.
  const { openCapacity } = await import('../../workers/open-capacity.js');
  const environment = redisEnvironment(output, process.env);
  const capacity = await interruption.race(
    openCapacity(environment, { check: (settings) => checkPools(asked, settings) }),
  );
  const names = asked.length > 0 ? [...new Set(asked)] : Object.keys(capacity.settings.pools);
  const read = () => Promise.all(names.map((pool) => capacity.inspect(pool)));
  try {
    await interruption.race(
      options.watch === true ? watch(read, createSnapshotView(output), everyMs) : showOnce(read, output),
    );
  } finally {
    await capacity.close();
  }
}

function checkPools(asked: readonly string[], { pools, file }: Settings): void {
  const known = Object.keys(pools);
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const hint = didYouMean(unknown, known);
  throw new UsageError(`there is no pool "${unknown}" in ${file} (known: ${known.join(', ')})${hint}`);
}
