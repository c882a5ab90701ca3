/**
 * The simulator as a process. Prints one line, `{"listening":"http://127.0.0.1:PORT"}`, when it is ready; ends at once
 * on SIGTERM or SIGINT, and with its parent when told who that is.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { InputError, readNumber } from './read-input';
import { readConfig } from './settings';
import { startSimulator } from './start-simulator';
import type { SimulatorOptions } from './start-simulator';

const usage =
  'usage: main [--port 0] [--host 127.0.0.1] [--config simulator.json] [--seed 1] [--speed 1] [--parent-pid n]';
const parentCheckMs = 500;

interface Arguments {
  readonly options: SimulatorOptions;
  readonly parentPid?: number;
}

/** Throws `InputError`, or what `parseArgs` throws for an unknown option. */
function readArguments(args: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { port: text, host: text, config: text, seed: text, speed: text, 'parent-pid': text },
  });
  const parentPid = values['parent-pid'];
  return {
    options: {
      endpoints: values.config === undefined ? [] : readConfigFile(values.config),
      port: readNumber(Number(values.port ?? 0), '--port', { min: 0, max: 65_535, isInteger: true }),
      seed: readNumber(Number(values.seed ?? 1), '--seed', { min: 0, isInteger: true }),
      speed: readNumber(Number(values.speed ?? 1), '--speed', { min: 0.001 }),
      ...(values.host === undefined ? {} : { host: values.host }),
    },
    ...(parentPid === undefined
      ? {}
      : { parentPid: readNumber(Number(parentPid), '--parent-pid', { min: 1, isInteger: true }) }),
  };
}

function readConfigFile(path: string): ReturnType<typeof readConfig> {
  try {
    return readConfig(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new InputError('--config', `${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function endWithParent(parentPid: number): void {
  // A dead parent that nobody has reaped still has its pid; that its child was given to another tells it too.
  const isOwnChild = process.ppid === parentPid;
  const check = (): void => {
    if (isOwnChild && process.ppid !== parentPid) process.exit(0);
    try {
      process.kill(parentPid, 0);
    } catch (error) {
      // EPERM means that it lives, under another user.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') process.exit(0);
    }
  };
  setInterval(check, parentCheckMs).unref();
}

async function main(): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  try {
    const { options, parentPid } = readArguments(process.argv.slice(2));
    if (parentPid !== undefined) endWithParent(parentPid);
    const { url } = await startSimulator(options);
    process.stdout.write(`${JSON.stringify({ listening: url })}\n`);
  } catch (error) {
    process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

void main();
