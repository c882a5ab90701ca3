/**
 * Tells whether a process lives, and tells it from a later one that was given the same id. A pid alone is not enough:
 * containers hand out the same small numbers again after each start.
 */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Start in clock ticks since boot. Linux only; elsewhere the pid has to do. */
  readonly started?: string;
}

interface ProcessStat {
  readonly state: string;
  readonly started: string;
}

function readStat(pid: number): ProcessStat | undefined {
  try {
    // The command stands in parentheses as the second field and may hold anything; numbers count from behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessIdentity {
  const started = readStat(pid)?.started;
  return started === undefined ? { pid } : { pid, started };
}

/** A zombie counts as dead: it holds no port and no file. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = readStat(pid);
  if (stat === undefined) return true;
  return stat.state !== 'Z' && (started === undefined || started === stat.started);
}
