/**
 * One child process: started, waited for until it is ready, ended. It leads a process group of its own, so that a Ctrl-C
 * in the terminal reaches only us, and we end the children in order.
 */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../errors';
import { openLogFile, tailOf } from './log-file';
import type { LogFile } from './log-file';

export interface ProcessSpec {
  /** For messages, e.g. `temporal`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child. Default: ours. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** stdout and stderr are appended here; the folder is made. */
  readonly logFile: string;
  /** Ready once a line of its output matches. Default: ready as soon as it runs. */
  readonly readyLine?: RegExp;
  /** Ready once this answers true as well; asked every 25 ms. It should answer or throw soon. */
  readonly isReady?: (child: { readonly pid: number }) => Promise<boolean>;
  /** How long it may take to become ready. Default 60,000. */
  readonly readyTimeoutMs?: number;
  /** How long it gets between SIGTERM and SIGKILL. Default 5,000. */
  readonly graceMs?: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StackProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** What `readyLine` matched. */
  readonly ready: RegExpExecArray | undefined;
  /** Resolves when the process has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Sends a signal to the process and what it started. No-op when it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after the grace time. Resolves when it has ended. */
  stop(): Promise<ProcessExit>;
}

export const defaultGraceMs = 5_000;
const defaultReadyTimeoutMs = 60_000;
const readyPollMs = 25;

/** A process that runs but need not be ready yet. */
export type SpawnedProcess = Omit<StackProcess, 'ready'> & { readonly log: LogFile };

/** @throws Service.Unreachable when the command cannot be run */
export async function spawnProcess(spec: ProcessSpec): Promise<SpawnedProcess> {
  const log = openLogFile(spec.logFile);
  const { pid, exited } = spawnChild(spec, log);
  log.close();
  if (pid === undefined) {
    const { error } = await exited;
    throw new HoldfastError('Service.Unreachable', `${spec.name} cannot be started: ${error?.message}`);
  }
  const control = controlOf(pid, exited, spec.graceMs ?? defaultGraceMs);
  return { name: spec.name, pid, logFile: spec.logFile, log, exited, ...control };
}

interface Child {
  readonly pid: number | undefined;
  readonly exited: Promise<ProcessExit & { readonly error?: Error }>;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // The whole group has ended.
  }
}

function spawnChild({ command, args, env, cwd }: ProcessSpec, log: LogFile): Child {
  const child = spawn(command, [...args], {
    detached: true,
    stdio: ['ignore', log.descriptor, log.descriptor],
    ...(env && { env }),
    ...(cwd !== undefined && { cwd }),
  });
  const exited = new Promise<ProcessExit & { readonly error?: Error }>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => {
      // What it started itself does not outlive it.
      signalGroup(child.pid as number, 'SIGKILL');
      resolve({ code, signal });
    });
  });
  return { pid: child.pid, exited };
}

function controlOf(pid: number, exited: Promise<ProcessExit>, graceMs: number): Pick<StackProcess, 'kill' | 'stop'> {
  let hasExited = false;
  void exited.then(() => (hasExited = true));
  const kill = (signal: NodeJS.Signals): void => {
    if (!hasExited) signalGroup(pid, signal);
  };
  const stop = async (): Promise<ProcessExit> => {
    kill('SIGTERM');
    const timer = setTimeout(() => kill('SIGKILL'), graceMs);
    const exit = await exited;
    clearTimeout(timer);
    return exit;
  };
  return { kill, stop };
}

/** @throws Service.Unreachable when it ends first or takes too long */
export async function waitUntilReady(
  spec: ProcessSpec,
  { pid, exited, log }: SpawnedProcess,
): Promise<RegExpExecArray | undefined> {
  const { name, readyLine, isReady, readyTimeoutMs = defaultReadyTimeoutMs } = spec;
  let exit: ProcessExit | undefined;
  void exited.then((value) => (exit = value));
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const match = readyLine?.exec(log.read()) ?? undefined;
    const says = readyLine === undefined || match !== undefined;
    const answers = says && (isReady === undefined || (await isReady({ pid }).catch(() => false)));
    if (exit !== undefined) throw notReady(name, `ended before it was ready (${describeExit(exit)})`, log);
    if (answers) return match;
    if (performance.now() > deadline) throw notReady(name, `is not ready after ${readyTimeoutMs / 1000} s`, log);
    await Promise.race([exited, sleep(readyPollMs)]);
  }
}

export function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}

function notReady(name: string, what: string, log: LogFile): HoldfastError {
  const output = tailOf(log);
  const lastWords = output.split('\n').at(-1) || 'it wrote nothing';
  return new HoldfastError('Service.Unreachable', `${name} ${what}: ${lastWords}. Its log is ${log.path}.`, { output });
}
