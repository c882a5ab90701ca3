import { Command } from 'commander';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { simulatorConfigFile } from '../paths';
import { UsageError } from '../failure';
import { readSimulatorEndpoints } from '../stack/simulator-endpoints';
import { HoldfastError } from '../../errors';
import { exitCodesHelp } from '../exit-codes';

const help = `
Providers with limits, real wire formats and faults on demand, for development
and tests. Its control API is at /control (ledger, summary, faults, endpoints).

Examples:
  holdfast simulator --port 8480
  curl -s localhost:8480/control/summary
  curl -s localhost:8480/control/faults -d '{"kind":"status","status":503,"endpoint":"openai-eastus"}'`;

interface SimulatorOptions {
  readonly host: string;
  readonly port: string;
  readonly config: string;
  readonly seed: string;
  readonly speed: string;
}

export function simulatorCommand(output: Output): Command {
  return new Command('simulator')
    .summary('run simulated model providers')
    .description('Run simulated model providers until told to stop.')
    .option('--host <address>', 'the control API has no authentication', '127.0.0.1')
    .option('--port <n>', '0 = any free one', '8480')
    .option('--config <file>', 'endpoints, keys and limits', simulatorConfigFile)
    .option('--seed <n>', 'decides texts and latencies', '1')
    .option('--speed <n>', 'divides latencies', '1')
    .option('--json', 'one JSON line with the address on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((options: SimulatorOptions) => runSimulator(options, output));
}

async function runSimulator(options: SimulatorOptions, output: Output): Promise<void> {
  const { startSimulator } = await import('../../simulator/index.js');
  const interruption = catchInterruption();
  const port = numberOf('--port', options.port, { least: 0, most: 65_535 });
  const running = await startSimulator({
    endpoints: readSimulatorEndpoints(options.config),
    host: options.host,
    port,
    seed: numberOf('--seed', options.seed, { least: 0 }),
    speed: numberOf('--speed', options.speed, { least: 0.001 }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new HoldfastError('Service.Unreachable', `port ${port} is taken; choose another one with --port, or 0`);
  });
  output.text(`simulator is listening at ${running.url}`);
  output.json({ listening: running.url });
  await interruption.race(new Promise<never>(() => undefined));
}

function numberOf(option: string, text: string, { least, most }: { least: number; most?: number }): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && (most === undefined || value <= most)) return value;
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${option}: expected a number ${range}, received "${text}"`);
}
