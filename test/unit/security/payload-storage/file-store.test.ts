import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sweepStore, verifyStore } from '../../../../src/security/payload-storage/housekeeping';
import { createFileStore } from '../../../../src/security/payload-storage/file-store';

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

describe('housekeeping of a file store', () => {
  test('removes what nobody has used for so long, half-written files too', async () => {
    const store = createFileStore(directory);
    await store.put(key, Buffer.from('bytes'));
    await store.put('cd'.repeat(32), Buffer.from('newer'));
    await writeFile(`${file()}.left.tmp`, 'half');
    await utimes(`${file()}.left.tmp`, 0, 0);
    await makeOld(31);
    const sweep = { unusedSinceMs: Date.now() - 30 * day, isDryRun: true };
    const expected = { removed: 2, removedBytes: 9, kept: 1, keptBytes: 5 };
    await expect(sweepStore(store, sweep)).resolves.toMatchObject(expected);
    await expect(store.peek(key)).resolves.toHaveLength(5);
    expect(await ageDays()).toBeGreaterThan(30);
    await expect(sweepStore(store, { ...sweep, isDryRun: false })).resolves.toMatchObject(expected);
    await expect(store.get(key)).resolves.toBeUndefined();
    await expect(store.get('cd'.repeat(32))).resolves.toHaveLength(5);
  });

  test('finds nothing where nothing has been stored', async () => {
    const store = createFileStore(join(directory, 'none'));
    await expect(sweepStore(store, { unusedSinceMs: Date.now(), isDryRun: false })).resolves.toMatchObject({
      removed: 0,
    });
  });

  test('what is used while a sweep goes on stays', async () => {
    const store = createFileStore(directory);
    await store.put(key, Buffer.from('bytes'));
    await makeOld(31);
    await store.get(key);
    await expect(store.removeUnused(key, Date.now() - 30 * day)).resolves.toBe(false);
    await expect(store.peek(key)).resolves.toHaveLength(5);
  });

  test('verify names what is not what its name says', async () => {
    const store = createFileStore(directory);
    await store.put(key, Buffer.from('bytes'));
    const whole = createHash('sha256').update('whole').digest('hex');
    await store.put(whole, Buffer.from('whole'));
    await expect(verifyStore(store)).resolves.toMatchObject({ checked: 2, damaged: 1, damagedKeys: [key] });
  });
});
