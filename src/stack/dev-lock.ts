/**
 * One development stack per clone. `lock.json` in the stack's folder says who runs it and where its services are, so that
 * other commands find them and a second start is refused instead of sharing a database file with the first.
 *
 * The lock is taken by creating the file exclusively. A holder that was killed leaves it behind: the next one waits until
 * that stack's guard has ended the orphaned servers, then removes the file. To keep a slower one from removing the new
 * lock of a faster one, removal itself is guarded by a file named after the dead holder.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../errors';
import { identify, isAlive } from './process-identity';
import type { ProcessIdentity } from './process-identity';

const pollMs = 50;
// A file without content, or a removal, lasts a moment only; after this long its maker has crashed.
const momentMs = 5_000;
// Longer than a guard needs for a few children that all ignore SIGTERM.
const orphansEndMs = 30_000;

/** By name, e.g. `{ temporal: '127.0.0.1:7233', ui: 'http://127.0.0.1:8233', redis: 'redis://127.0.0.1:6390' }`. */
export type StackAddresses = Readonly<Record<string, string>>;

export interface RunningStack {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Absent while the services are still starting. */
  readonly addresses?: StackAddresses;
}

interface LockContent extends RunningStack {
  readonly holder: ProcessIdentity;
  readonly guard?: ProcessIdentity;
}

export interface StackLock {
  /** Names the guard of our children, so that whoever comes after a crash can wait for it. */
  setGuard(pid: number): void;
  /** Tells other commands where the services are. */
  publish(addresses: StackAddresses): void;
  /** Frees the lock. No-op when it is not ours any more. */
  release(): void;
}

export type LockAnswer =
  { readonly kind: 'locked'; readonly lock: StackLock } | { readonly kind: 'running'; readonly running: RunningStack };

function lockFileOf(dir: string): string {
  return join(dir, 'lock.json');
}

function read(file: string): LockContent | 'none' | 'unreadable' {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockContent;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'unreadable';
  }
}

function createExclusive(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function ageMs(file: string): number {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.started === b.started;
}

function removeStale(file: string, seen: LockContent | 'unreadable'): void {
  const name = seen === 'unreadable' ? seen : `${seen.holder.pid}-${seen.holder.started ?? ''}`;
  const removal = `${file}.removal-${name}`;
  if (!createExclusive(removal, '')) {
    if (ageMs(removal) > momentMs) rmSync(removal, { force: true });
    return;
  }
  try {
    const now = read(file);
    const isUnchanged =
      typeof now === 'object' && typeof seen === 'object' ? isSame(now.holder, seen.holder) : now === seen;
    if (isUnchanged) rmSync(file, { force: true });
  } finally {
    rmSync(removal, { force: true });
  }
}

async function waitForOrphans({ guard }: LockContent): Promise<void> {
  const deadline = performance.now() + orphansEndMs;
  while (guard !== undefined && isAlive(guard)) {
    if (performance.now() > deadline) {
      throw new HoldfastError(
        'Service.Unreachable',
        `The servers of a stack that was killed do not end: end the children of process ${guard.pid} and try again.`,
      );
    }
    await sleep(pollMs);
  }
}

/**
 * @param dir folder of the stack, e.g. `.holdfast/dev`; made when missing
 * @returns the lock, or who holds it
 */
export async function lockStack(dir: string): Promise<LockAnswer> {
  mkdirSync(dir, { recursive: true });
  const file = lockFileOf(dir);
  const mine: LockContent = { pid: process.pid, startedAt: new Date().toISOString(), holder: identify(process.pid) };
  while (!createExclusive(file, JSON.stringify(mine))) {
    const seen = read(file);
    if (typeof seen === 'object') {
      if (isAlive(seen.holder)) return { kind: 'running', running: publicPart(seen) };
      await waitForOrphans(seen);
      removeStale(file, seen);
    } else if (seen === 'unreadable' && ageMs(file) > momentMs) removeStale(file, seen);
    else await sleep(pollMs);
  }
  return { kind: 'locked', lock: createLock(file, mine) };
}

function createLock(file: string, mine: LockContent): StackLock {
  let content = mine;
  const isOurs = (): boolean => {
    const seen = read(file);
    return typeof seen === 'object' && isSame(seen.holder, mine.holder) && seen.startedAt === mine.startedAt;
  };
  const write = (changed: Partial<LockContent>): void => {
    content = { ...content, ...changed };
    // Renamed into place, so that nobody reads half of it.
    writeFileSync(`${file}.next`, JSON.stringify(content), { mode: 0o600 });
    renameSync(`${file}.next`, file);
  };
  return {
    setGuard: (pid) => write({ guard: identify(pid) }),
    publish: (addresses) => write({ addresses }),
    release: () => {
      if (isOurs()) rmSync(file, { force: true });
    },
  };
}

function publicPart({ pid, startedAt, addresses }: LockContent): RunningStack {
  return { pid, startedAt, ...(addresses && { addresses }) };
}

/**
 * The stack that runs in this clone now, undefined when there is none. What a killed one left behind is removed.
 * @param dir as for `lockStack`
 */
export function readRunningStack(dir: string): RunningStack | undefined {
  const file = lockFileOf(dir);
  const seen = read(file);
  if (typeof seen !== 'object') return undefined;
  if (isAlive(seen.holder)) return publicPart(seen);
  // While its guard is at work its servers live, and the next start must know whom to wait for.
  if (seen.guard === undefined || !isAlive(seen.guard)) removeStale(file, seen);
  return undefined;
}
