/**
 * Reads text files below one folder and nothing else. The path comes from whoever starts a pipeline, so it is
 * resolved through every symbolic link before it is compared with the folder.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import { HoldfastError } from '../../errors';

/** Largest source taken, in bytes. A book of 20 MiB has some 3 million words. */
export const maxSourceBytes = 20 * 1024 * 1024;

export interface LocatedDocument {
  /** Differs whenever the file differs: its real path, size and modification time. */
  readonly version: string;
  /** The whole text. Throws `Pipeline.InvalidInput` when it is not UTF-8. */
  read(): Promise<string>;
}

/**
 * Finds `source` below `directory` without reading it. Throws `Pipeline.InvalidInput` when it does not exist, is no
 * file, is too large or lies outside, and `Config.Invalid` when the folder itself does not exist.
 */
export async function locateDocument(directory: string, source: string): Promise<LocatedDocument> {
  const path = await pathOfDocument(directory, source);
  const found = await stat(path, { bigint: true }).catch(unreadable(source));
  if (!found.isFile()) throw refused(source, 'is not a file');
  refuseTooLarge(source, Number(found.size));
  return {
    version: `${path}\n${found.size}\n${found.mtimeNs}`,
    read: async () => decode(source, await readFile(path).catch(unreadable(source))),
  };
}

/** Real path of a file or folder below `directory`; throws as `locateDocument`. */
export async function pathOfDocument(directory: string, source: string): Promise<string> {
  if (typeof source !== 'string' || source.trim() === '' || source.includes('\0')) {
    throw refused(source, 'is not a path; name a file below the document folder, such as "books/my-book.txt"');
  }
  if (isAbsolute(source)) throw refused(source, 'must be relative to the document folder');
  const root = await realpath(directory).catch(() => {
    throw new HoldfastError('Config.Invalid', `the document folder ${directory} does not exist`);
  });
  const inside = root.endsWith(sep) ? root : root + sep;
  const wanted = resolve(root, source);
  // Before the file system is asked: whether something exists outside is nobody's business.
  if (!wanted.startsWith(inside)) throw refused(source, 'leaves the document folder');
  const path = await realpath(wanted).catch(unreadable(source));
  if (!path.startsWith(inside)) throw refused(source, 'leaves the document folder');
  return path;
}

function decode(source: string, bytes: Buffer): string {
  // The file may have grown since it was located.
  refuseTooLarge(source, bytes.length);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Not UTF-8: the same answer as for other binary data, below.
  }
  throw refused(source, 'is not UTF-8 text; convert it first, for example with iconv');
}

function refuseTooLarge(source: string, bytes: number): void {
  if (bytes <= maxSourceBytes) return;
  const mebibytes = (size: number): string => `${(size / 1024 / 1024).toFixed(1)} MiB`;
  throw refused(source, `has ${mebibytes(bytes)}; at most ${mebibytes(maxSourceBytes)} are read`);
}

function unreadable(source: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    throw refused(
      source,
      isMissing ? 'does not exist below the document folder' : `cannot be read (${error.code ?? error.message})`,
    );
  };
}

function refused(source: string, reason: string): HoldfastError {
  return new HoldfastError('Pipeline.InvalidInput', `source ${JSON.stringify(source)} ${reason}`, { source });
}
