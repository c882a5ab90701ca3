import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createItemSource } from '../../../src/documents';
import { z } from 'zod';
import { createSchemaRegistry } from '../../../src/schemas';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder';

const line = (id: string, text = 'Where is my card?', more: object = {}): string =>
  JSON.stringify({ id, text, ...more });

describe('createItemSource', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(removeTemporaryFolders);

  const source = () => createItemSource({ documentsDirectory: join(folder, 'documents') });
  const put = async (name: string, text: string | Buffer): Promise<void> => {
    await mkdir(join(folder, 'documents'), { recursive: true });
    await writeFile(join(folder, 'documents', name), text);
  };

  test('reads items, passes over empty lines, and keeps only what it knows', async () => {
    await put('a.jsonl', `${line('1')}\n\n${line('2', 'PIN?', { intent: 'change_pin', source: 'mail' })}\r\n  \n`);
    await expect(source().page('a.jsonl', 0)).resolves.toMatchObject({
      total: 2,
      items: [
        { id: '1', text: 'Where is my card?' },
        { id: '2', text: 'PIN?', intent: 'change_pin' },
      ],
    });
  });

  test('an empty file has no items', async () => {
    await put('a.jsonl', '');
    await expect(source().page('a.jsonl', 0)).resolves.toMatchObject({ total: 0, items: [] });
  });

  test('tells what is wrong with a line, and goes on with the next', async () => {
    const lines = [
      line('1'),
      '{"id": "2", "te',
      '"a"',
      line('1', 'Again'),
      line('5', ''),
      line('6', 'x'.repeat(3_000_000)),
    ];
    await put('a.jsonl', [...lines, line('7')].join('\n'));
    const { items, total } = await source().page('a.jsonl', 0);
    expect(total).toBe(7);
    expect(items.map((item) => ('problem' in item ? `${item.id}: ${item.problem}` : item.id))).toEqual([
      '1',
      'line 2: is not JSON',
      'line 3: expected an object such as {"id": "q1", "text": "…"}, received "a"',
      'line 4: its id is that of line 1 too: 1',
      'line 5: text: expected text of 1 to 20000 characters, received ""',
      'line 6: has 3000020 characters, at most 100000 are taken',
      '7',
    ]);
  });

  test('gives a long list in pages of one digest, whose items are all of it', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => line(String(index)));
    await put('a.jsonl', lines.join('\n'));
    const first = await source().page('a.jsonl', 0);
    const second = await source().page('a.jsonl', first.items.length);
    expect([first.items.length, second.items.length]).toEqual([2_500, 500]);
    expect(second.sha256).toBe(first.sha256);
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toEqual(lines.map((_, index) => String(index)));
  });

  test('a page of large items is a megabyte, not more', async () => {
    await put('a.jsonl', Array.from({ length: 60 }, (_, index) => line(String(index), 'ü'.repeat(19_000))).join('\n'));
    const { items } = await source().page('a.jsonl', 0);
    expect(items.length).toBe(26);
    expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(1_010_000);
  });

  test('refuses more items than a run has room for', async () => {
    await put('a.jsonl', Array.from({ length: 50_001 }, (_, index) => line(String(index), 'a')).join('\n'));
    await expect(source().page('a.jsonl', 0)).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: 'source "a.jsonl" has 50001 items; at most 50000 are taken: split the file',
    });
  });

  test('reads nothing outside of its folder', async () => {
    await put('a.jsonl', line('1'));
    await writeFile(join(folder, 'secret.jsonl'), line('1'));
    await symlink(join(folder, 'secret.jsonl'), join(folder, 'documents', 'link.jsonl'));
    for (const path of ['../secret.jsonl', 'link.jsonl', join(folder, 'secret.jsonl')]) {
      await expect(source().page(path, 0)).rejects.toMatchObject({ type: 'Pipeline.InvalidInput' });
    }
  });

  test('the shipped questions are 2,002, 26 of each intent of the schema', async () => {
    const { items, total } = await createItemSource({ documentsDirectory: resolve('examples') }).page(
      'banking77/questions.jsonl',
      0,
    );
    expect([total, items.length]).toEqual([2_002, 2_002]);
    const counts = new Map<string, number>();
    for (const item of items) {
      const intent = 'intent' in item ? (item.intent ?? '') : '';
      counts.set(intent, (counts.get(intent) ?? 0) + 1);
    }
    expect(counts.size).toBe(77);
    expect([...counts.values()].every((count) => count === 26)).toBe(true);
    const schema = createSchemaRegistry(z).get('BankingIntent');
    const isKnown = (intent: string): boolean => schema.parse(JSON.stringify({ intent, confidence: 1 })).ok;
    expect([...counts.keys()].filter((intent) => !isKnown(intent))).toEqual([]);
  });
});
