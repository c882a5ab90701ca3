import { readFileSync } from 'node:fs';
import { HoldfastError } from '../../errors';
import type { StackProcess } from '../../stack';

const tailLines = 6;

/** Rejects when one of the processes ends, with the tail of its log; never resolves. */
export async function untilOneEnds(processes: readonly StackProcess[]): Promise<never> {
  return Promise.race(processes.map(reportEnd));
}

async function reportEnd({ name, logFile, exited }: StackProcess): Promise<never> {
  const { code, signal } = await exited;
  const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
  throw new HoldfastError(
    'Service.Unreachable',
    `${name} ended unexpectedly (${how}). The end of its log ${logFile}:\n${tailOf(logFile)}`,
  );
}

function tailOf(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.slice(-tailLines).join('\n') || '(empty)';
}
