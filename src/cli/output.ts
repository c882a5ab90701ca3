/**
 * Who reads what: people read `text`, scripts the JSON line. With `--json` standard output holds nothing but that one
 * line, and everything for people moves to standard error.
 */
import { formatFailure } from './failure';
import type { Failure } from './failure';

export interface Output {
  readonly isJson: boolean;
  /** Where text for people goes: standard output, or standard error with `--json`. */
  readonly stream: NodeJS.WriteStream;
  text(line: string): void;
  /** Remarks that are no part of an answer: always standard error. */
  note(line: string): void;
  /** The machine's answer; nothing without `--json`. */
  json(answer: object): void;
  failure(failure: Failure): void;
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function createOutput({ stdout, stderr }: Streams, isJson: boolean): Output {
  const stream = isJson ? stderr : stdout;
  const json = (answer: object): void => {
    if (isJson) stdout.write(`${JSON.stringify(answer)}\n`);
  };
  return {
    isJson,
    stream,
    text: (line) => void stream.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    json,
    failure: (failure) => {
      stderr.write(`${formatFailure(failure)}\n`);
      json({ error: { type: failure.type, message: failure.message } });
    },
  };
}
