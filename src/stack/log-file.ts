import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const tailBytes = 4_000;

/** What one process writes into its log file, which older runs may have written to before. */
export interface LogFile {
  readonly path: string;
  /** To hand to the process, so that it writes without us: nothing blocks or is lost when we are busy or gone. */
  readonly descriptor: number;
  /** Everything written since `openLogFile`, up to the last `bytes`. */
  read(bytes?: number): string;
  /** Closes our descriptor; reading goes on working. */
  close(): void;
}

export function openLogFile(path: string): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'a');
  const start = statSync(path).size;
  return {
    path,
    descriptor,
    read: (bytes = Number.POSITIVE_INFINITY) => readFrom(path, start, bytes),
    close: () => closeSync(descriptor),
  };
}

function readFrom(path: string, start: number, bytes: number): string {
  const descriptor = openSync(path, 'r');
  try {
    const end = statSync(path).size;
    const from = Math.max(start, end - bytes);
    const buffer = Buffer.alloc(Math.max(0, end - from));
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, from));
  } finally {
    closeSync(descriptor);
  }
}

/** The last lines, for an error message. */
export function tailOf(log: LogFile): string {
  return log.read(tailBytes).trimEnd().split('\n').slice(-12).join('\n');
}
