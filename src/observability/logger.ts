/** Structured logs: one JSON object per line, with the ids of run, step and reservation that callers put in, redacted last. */
import { destination as openDestination, pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { redactLine } from './redact-line';
import type { Redact } from './redact-line';
import { serializeError } from './serialize-error';

export type { Logger } from 'pino';
export type { Redact } from './redact-line';

export interface LoggerOptions {
  /** Which process writes, e.g. `holdfast-worker`. */
  readonly name: string;
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. */
  readonly level: string;
  /** Applied to every text of the finished line: message, fields, bindings, error messages and stacks. */
  readonly redact: Redact;
  /** A file to append to, or a stream. Default: standard error, so that standard output stays the command's answer. */
  readonly destination?: string | DestinationStream;
}

export function createLogger({ name, level, redact, destination }: LoggerOptions): Logger {
  return pino(
    {
      name,
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError, error: serializeError },
      hooks: { streamWrite: (line) => redactLine(line, redact) },
    },
    typeof destination === 'object' ? destination : openSink(destination ?? 2),
  );
}

/** Written at once, line by line: what a killed process logged last is what one wants to read. */
function openSink(dest: string | number): DestinationStream {
  return openDestination({ dest, sync: true, append: true, mkdir: true });
}
