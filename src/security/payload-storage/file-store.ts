/**
 * Payloads as files of one directory: `<directory>/<first two characters>/<key>`. On several machines the directory has
 * to be one that they share. A file appears complete or not at all, and its age counts from its last use.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { HoldfastError } from '../../errors/holdfast-error';
import { ageStepMs } from './payload-store';
import type { KeptPayloadStore, StoredPayload } from './payload-store';

export function createFileStore(directory: string): KeptPayloadStore {
  const pathOf = (key: string): string => join(directory, key.slice(0, 2), key);
  return {
    kind: 'file',
    place: `file:${directory} on ${hostname()}`,
    async put(key, bytes) {
      const file = pathOf(key);
      if (await isThere(file, bytes.byteLength)) return;
      // Others of this machine have no business in payloads.
      const made = await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeWhole(file, bytes);
      await syncDirectory(dirname(file));
      if (made !== undefined) await syncDirectory(directory);
    },
    async get(key) {
      const handle = await open(pathOf(key), 'r').catch(absent);
      if (handle === undefined) return undefined;
      try {
        const bytes = await handle.readFile();
        await renewAge(handle);
        return bytes;
      } finally {
        await handle.close();
      }
    },
    async check() {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
      } catch (error) {
        const told = error instanceof Error ? error.message : String(error);
        const message = `HOLDFAST_PAYLOADS: cannot write to ${directory}: ${told}`;
        throw new HoldfastError('Config.Invalid', message, {}, { cause: error });
      }
    },
    list: () => listFiles(directory),
    peek: (key) => readFile(pathOf(key)).catch(absent),
    async removeUnused(key, unusedSinceMs) {
      const found = await stat(pathOf(key)).catch(absent);
      if (found === undefined || found.mtimeMs >= unusedSinceMs) return false;
      await rm(pathOf(key), { force: true });
      return true;
    },
    close: () => undefined,
  };
}

/** Of another length only after a disk gave out in the middle: then it is written again. */
async function isThere(file: string, bytes: number): Promise<boolean> {
  const found = await stat(file).catch(absent);
  if (found?.size !== bytes) return false;
  const now = new Date();
  // Gone again when a sweep was faster.
  return utimes(file, now, now).then(
    () => true,
    () => false,
  );
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}${temporaryEnding}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const temporaryEnding = '.tmp';

/** The file's name is durable only when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function renewAge(handle: FileHandle): Promise<void> {
  const { mtimeMs } = await handle.stat();
  if (Date.now() - mtimeMs < ageStepMs) return;
  const now = new Date();
  // A store that is only readable here serves all the same.
  await handle.utimes(now, now).catch(() => undefined);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function* listFiles(directory: string): AsyncGenerator<StoredPayload> {
  for (const folder of (await readdir(directory).catch(absent)) ?? []) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const key of await readdir(join(directory, folder))) {
      const found = await stat(join(directory, folder, key)).catch(absent);
      if (found?.isFile() === true) yield { key, bytes: found.size, usedAtMs: found.mtimeMs };
    }
  }
}
