import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { ResultFile, ResultPart } from '../../contracts/pipelines/bulk-classify';
import { HoldfastError } from '../../errors';
import type { ResultFiles } from '../result-files';

/** JSONL files in one folder, which all workers share. */
export function createResultFiles({ outputDirectory }: { readonly outputDirectory: string }): ResultFiles {
  const pathOf = (key: string, part?: number): string => {
    const name = key.replaceAll(/[^A-Za-z0-9._-]+/g, '-');
    const suffix = part === undefined ? '' : `.part-${String(part).padStart(5, '0')}`;
    return joinPath(outputDirectory, `${name}${suffix}.jsonl`);
  };
  return {
    async writePart(key, part, lines) {
      const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await replace(pathOf(key, part), bytes);
      return { lines: lines.length, ...digestOf(bytes) };
    },

    async join(key, parts) {
      const path = pathOf(key);
      const paths = parts.map((_, part) => pathOf(key, part));
      const found = await Promise.all(paths.map((one) => readFile(one).catch(ifMissing)));
      const missing = found.findIndex((bytes, part) => !isPart(bytes, parts[part]));
      const whole = missing === -1 ? Buffer.concat(found as Buffer[]) : await readFile(path).catch(ifMissing);
      if (missing !== -1 && !isMadeOf(whole, parts)) throw lost(paths[missing] ?? path);
      if (missing === -1) await replace(path, whole as Buffer);
      await Promise.all(paths.map((one) => rm(one, { force: true })));
      const lines = parts.reduce((sum, part) => sum + part.lines, 0);
      return { path, lines, ...digestOf(whole as Buffer) } satisfies ResultFile;
    },
  };
}

/** At once or not at all: whoever reads the file meanwhile sees the old or the new one. */
async function replace(path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function digestOf(bytes: Buffer): Pick<ResultPart, 'bytes' | 'sha256'> {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function isPart(bytes: Buffer | undefined, part: ResultPart | undefined): boolean {
  return bytes !== undefined && part !== undefined && digestOf(bytes).sha256 === part.sha256;
}

/** Was joined before, by an attempt whose answer was lost. */
function isMadeOf(whole: Buffer | undefined, parts: readonly ResultPart[]): boolean {
  let at = 0;
  const areThere = parts.every((part) => isPart(whole?.subarray(at, (at += part.bytes)), part));
  return areThere && whole?.length === at;
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function lost(path: string): HoldfastError {
  const told = `${path} is not there: the workers must share one output folder (HOLDFAST_OUTPUT)`;
  return new HoldfastError('Config.Invalid', told, { path });
}
