import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { createResultFiles } from '../../../src/documents';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder';

const key = 'bulkClassify:nightly/0a1b';

describe('createResultFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(removeTemporaryFolders);

  const files = () => createResultFiles({ outputDirectory: folder });

  test('makes one file of the parts, in their order, and leaves nothing else', async () => {
    const parts = [
      await files().writePart(key, 0, [{ id: '1' }, { id: '2' }]),
      await files().writePart(key, 1, [{ id: '3' }]),
    ];
    const file = await files().join(key, parts);
    const text = await readFile(file.path, 'utf8');
    expect(text).toBe('{"id":"1"}\n{"id":"2"}\n{"id":"3"}\n');
    expect(file).toEqual({
      path: join(folder, 'bulkClassify-nightly-0a1b.jsonl'),
      lines: 3,
      bytes: text.length,
      sha256: createHash('sha256').update(text).digest('hex'),
    });
    expect(await readdir(folder)).toEqual(['bulkClassify-nightly-0a1b.jsonl']);
  });

  test('doing anything again changes nothing', async () => {
    const write = () => files().writePart(key, 0, [{ id: '1' }]);
    const part = await write();
    expect(await write()).toEqual(part);
    const file = await files().join(key, [part]);
    expect(await files().join(key, [part])).toEqual(file);
  });

  test('what a run that was reset finds otherwise replaces the file', async () => {
    await files().join(key, [await files().writePart(key, 0, [{ id: 'before' }])]);
    const { path } = await files().join(key, [await files().writePart(key, 0, [{ id: 'now' }])]);
    expect(await readFile(path, 'utf8')).toBe('{"id":"now"}\n');
  });

  test.each([
    ['is gone', (path: string) => rm(path)],
    ['is another one', (path: string) => writeFile(path, '{"id":"9"}\n')],
  ])('refuses when a part %s', async (_, spoil) => {
    const parts = [await files().writePart(key, 0, [{ id: '1' }]), await files().writePart(key, 1, [{ id: '2' }])];
    await spoil(join(folder, 'bulkClassify-nightly-0a1b.part-00001.jsonl'));
    await expect(files().join(key, parts)).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: expect.stringContaining(
        'part-00001.jsonl is not there: the workers must share one output folder',
      ) as string,
    });
  });
});
