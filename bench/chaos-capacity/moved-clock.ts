/** A machine whose clock can be moved, as far as the servers started with it see: libfaketime, read from a file. */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MovedClock {
  /** For the servers that are to see it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Moves the wall clock by so many seconds from where it is; the monotonic one goes on. */
  moveBy(seconds: number): void;
}

const places = ['/usr/lib/*/faketime', '/usr/lib/faketime', '/usr/local/lib/faketime', '/opt/homebrew/lib/faketime'];

/** Undefined when libfaketime is not installed. */
export function findMovedClock(directory: string): MovedClock | undefined {
  const library = places.flatMap((place) => globSync(join(place, 'libfaketime.so.1')))[0];
  if (library === undefined) return undefined;
  const file = join(directory, 'clock');
  let offsetSeconds = 0;
  const write = (): void => writeFileSync(file, `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds)}s`);
  write();
  return {
    environment: {
      // The C library behind it: a server linked with jemalloc would otherwise call into an allocator that asks for the
      // time while libfaketime is still looking for the real function, and stand still.
      LD_PRELOAD: [library, ...cLibrary()].join(':'),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    moveBy: (seconds) => {
      offsetSeconds += seconds;
      write();
    },
  };
}

/** The one this very process uses. */
function cLibrary(): readonly string[] {
  const maps = '/proc/self/maps';
  if (!existsSync(maps)) return [];
  const [, path] = /\s(\/\S*\/libc\.so\.6)$/m.exec(readFileSync(maps, 'utf8')) ?? [];
  return path === undefined ? [] : [path];
}
