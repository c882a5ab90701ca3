import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore, sweepFileStore } from '../../../../src/security/payload-storage/file-store';

const key = 'ab'.repeat(32);
const day = 24 * 60 * 60 * 1_000;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const file = (): string => join(directory, 'ab', key);
const ageDays = async (): Promise<number> => (Date.now() - (await stat(file())).mtimeMs) / day;
const makeOld = (days: number): Promise<void> => utimes(file(), new Date(), new Date(Date.now() - days * day));

describe('createFileStore', () => {
  test('keeps bytes in a file that only its user reads', async () => {
    const store = createFileStore(directory);
    await store.put(key, Buffer.from('bytes'));
    expect(Buffer.from((await store.get(key)) ?? []).toString()).toBe('bytes');
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'ab'))).mode & 0o777).toBe(0o700);
  });

  test('answers undefined for what is not there', async () => {
    await expect(createFileStore(directory).get(key)).resolves.toBeUndefined();
  });

  test('writes what is there already no second time, but renews its age', async () => {
    const store = createFileStore(directory);
    await store.put(key, Buffer.from('bytes'));
    const { ino } = await stat(file());
    await makeOld(10);
    await store.put(key, Buffer.from('bytes'));
    expect((await stat(file())).ino).toBe(ino);
    expect(await ageDays()).toBeLessThan(1);
  });

  test('writes anew what is there in another length', async () => {
    const store = createFileStore(directory);
    await store.put(key, Buffer.from('bytes'));
    await writeFile(file(), 'by');
    await store.put(key, Buffer.from('bytes'));
    expect(await readFile(file(), 'utf8')).toBe('bytes');
  });

  test('renews the age of what is read', async () => {
    const store = createFileStore(directory);
    await store.put(key, Buffer.from('bytes'));
    await makeOld(10);
    await store.get(key);
    expect(await ageDays()).toBeLessThan(1);
  });

  test('thirty writers of the same payload leave one whole file', async () => {
    const store = createFileStore(directory);
    await Promise.all(Array.from({ length: 30 }, () => store.put(key, Buffer.alloc(100_000, 7))));
    expect(await readdir(join(directory, 'ab'))).toEqual([key]);
    expect(await store.get(key)).toHaveLength(100_000);
  });

  test('a write that fails leaves nothing', async () => {
    // A directory where the file should be: everything works but the last step.
    await mkdir(join(file(), 'in the way'), { recursive: true });
    await expect(createFileStore(directory).put(key, Buffer.from('bytes'))).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readdir(join(directory, 'ab'))).toEqual([key]);
  });
});

describe('sweepFileStore', () => {
  test('removes what nobody has used for so long, half-written files too', async () => {
    const store = createFileStore(directory);
    await store.put(key, Buffer.from('bytes'));
    await store.put('cd'.repeat(32), Buffer.from('newer'));
    await writeFile(join(directory, 'ab', 'left.tmp'), 'half');
    await utimes(join(directory, 'ab', 'left.tmp'), 0, 0);
    await makeOld(31);
    await expect(sweepFileStore(directory, 30)).resolves.toEqual({ files: 2, bytes: 9 });
    await expect(store.get(key)).resolves.toBeUndefined();
    await expect(store.get('cd'.repeat(32))).resolves.toHaveLength(5);
  });

  test('finds nothing where nothing has been stored', async () => {
    await expect(sweepFileStore(join(directory, 'none'), 30)).resolves.toEqual({ files: 0, bytes: 0 });
  });
});
