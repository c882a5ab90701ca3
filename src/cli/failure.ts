/** Turns whatever a command threw into what the caller sees: a type, one line, an exit code. */
import { HoldfastError } from '../errors';
import { exitCodeOf, exitCodes } from './exit-codes';

/** Arguments that make no sense. The name says what was wrong, the message also what is right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C or a request to end: no error to be explained. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly exitCode: number;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof HoldfastError) {
    return { type: error.type, message: error.message, exitCode: exitCodeOf(error.type) };
  }
  if (error instanceof Interrupted) {
    return { type: 'Interrupted', message: 'ended on request', exitCode: error.exitCode };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) return { type: 'Usage.Invalid', message, exitCode: exitCodes.usage };
  const what = message === '' ? 'an error without a message' : message;
  return {
    type: 'Llm.Internal',
    message: `${what} (not expected; HOLDFAST_DEBUG=1 shows where it comes from)`,
    exitCode: exitCodes.failed,
  };
}

/** One line; what a message adds on further lines, such as more problems of a config, follows indented. */
export function formatFailure({ type, message }: Failure): string {
  return `holdfast: ${type}: ${message.replaceAll('\n', '\n  ')}`;
}

/** What commander says, `error: unknown option '--foo'\n(Did you mean --for?)`, as one line. */
export function usageText(message: string): string {
  const line = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  return `${line}; --help shows what there is`;
}
