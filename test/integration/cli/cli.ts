/** The CLI as a process, the way a person or a script meets it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const program = resolve(__dirname, '..', '..', '..', 'dist', 'cli', 'main.js');
/** What the shell of whoever runs the tests may have set. */
export const foreignVariables =
  /^(TEMPORAL_|REDIS_URL|JOURNAL_REDIS_URL|HOLDFAST_|SIM_|OPENAI_API_KEY|ANTHROPIC_API_KEY|FORCE_COLOR)/;

export interface CliOptions {
  /** Added to an environment without any setting of ours. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly input?: string;
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly exited: Promise<CliResult>;
  /** Resolves with what was written so far once it matches; rejects when the process ends without. */
  until(pattern: RegExp): Promise<string>;
}

export function startCli(args: readonly string[], { environment = {}, input = '' }: CliOptions = {}): RunningCli {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreignVariables.test(name)));
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...clean, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  const written = { stdout: '', stderr: '' };
  const all = (): string => written.stdout + written.stderr;
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      written[name] += chunk.toString();
      listeners.forEach((listener) => listener());
    });
  }
  const exited = new Promise<CliResult>((done) => child.once('close', (code) => done({ code, ...written })));
  const until = (pattern: RegExp): Promise<string> =>
    new Promise((found, missed) => {
      const look = (): void => {
        if (pattern.test(all())) found(all());
      };
      listeners.add(look);
      look();
      void exited.then(() => missed(new Error(`it ended before ${String(pattern)} was seen:\n${all()}`)));
    });
  return { child, exited, until };
}

export function runCli(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  return startCli(args, options).exited;
}

/** The last line of standard output, which is all of it. */
export function jsonOf({ stdout }: CliResult): unknown {
  const lines = stdout.trimEnd().split('\n');
  if (lines.length !== 1) throw new Error(`expected one line on standard output, received ${lines.length}:\n${stdout}`);
  return JSON.parse(lines[0] as string);
}

/** One line, typed, without a stack trace. */
export function expectRefusal(
  result: CliResult,
  expected: { code: number; type: string; says: RegExp | string },
): void {
  const lines = result.stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`^holdfast: ${expected.type.replace('.', '\\.')}: `));
  expect(lines[0]).toMatch(expected.says);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.code).toBe(expected.code);
}
