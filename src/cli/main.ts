#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureOf, Interrupted } from './failure';
import { createOutput } from './output';
import { cloneDirectory } from './paths';
import { createProgram, runProgram } from './program';

const output = createOutput(process, process.argv.includes('--json'));

function fail(error: unknown): void {
  const failure = failureOf(error);
  process.exitCode = failure.exitCode;
  if (error instanceof Interrupted) return;
  output.failure(failure);
  if (process.env['HOLDFAST_DEBUG'] === '1') console.error(error);
}

/** A reader that has seen enough, such as `head`, is no error. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  throw error;
}

async function main(): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  process.on('uncaughtException', (error) => {
    fail(error);
    process.exit();
  });
  try {
    const { version } = JSON.parse(readFileSync(join(cloneDirectory, 'package.json'), 'utf8')) as { version: string };
    await runProgram(createProgram(output, version), process.argv);
  } catch (error) {
    fail(error);
  }
  // What an interruption left behind, an open connection for one, must not keep the process.
  process.stdout.write('', () => process.exit());
}

void main();
