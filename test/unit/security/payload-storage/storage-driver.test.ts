import { StorageDriverClaim } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import { maxPayloadBytes } from '../../../../src/contracts/size-limits';
import type { PayloadStore } from '../../../../src/security/payload-storage/payload-store';
import { createStorageDriver } from '../../../../src/security/payload-storage/storage-driver';

const payload = (text: string): Payload => ({ metadata: { encoding: Buffer.from('x\ny') }, data: Buffer.from(text) });

function memoryStore(): PayloadStore & { readonly kept: Map<string, Uint8Array>; most: number } {
  const kept = new Map<string, Uint8Array>();
  let running = 0;
  const store = {
    kind: 'file' as const,
    place: 'file:/here',
    kept,
    most: 0,
    async put(key: string, bytes: Uint8Array) {
      store.most = Math.max(store.most, ++running);
      await new Promise(setImmediate);
      running--;
      kept.set(key, bytes);
    },
    get: (key: string) => Promise.resolve(kept.get(key)),
    check: () => Promise.resolve(),
    close: () => undefined,
  };
  return store;
}

const open = (store: PayloadStore) => createStorageDriver(store, (error) => error);

describe('createStorageDriver', () => {
  test('gives back what it was given, in order, equal payloads under one key', async () => {
    const store = memoryStore();
    const driver = open(store);
    const claims = await driver.store({}, [payload('a\nb'), payload(''), payload('a\nb')]);
    const back = await driver.retrieve({}, claims);
    expect(back.map(({ data }) => Buffer.from(data ?? []).toString())).toEqual(['a\nb', '', 'a\nb']);
    expect(Buffer.from(back[0]?.metadata?.['encoding'] ?? []).toString()).toBe('x\ny');
    expect(store.kept.size).toBe(2);
  });

  test('writes four at a time', async () => {
    const store = memoryStore();
    await open(store).store(
      {},
      Array.from({ length: 20 }, (_, index) => payload(String(index))),
    );
    expect(store.most).toBe(4);
    expect(store.kept.size).toBe(20);
  });

  test('refuses a payload over the limit', async () => {
    await expect(open(memoryStore()).store({}, [payload('x'.repeat(maxPayloadBytes))])).rejects.toMatchObject({
      type: 'Payload.TooLarge',
    });
  });

  test('says what is missing and where', async () => {
    const claim = new StorageDriverClaim({ sha256: 'a'.repeat(64) });
    await expect(open(memoryStore()).retrieve({}, [claim])).rejects.toMatchObject({
      type: 'Payload.Lost',
      message: expect.stringContaining(`payload ${'a'.repeat(64)} is not in file:/here`) as string,
    });
  });

  test('refuses bytes that are not what was stored', async () => {
    const store = memoryStore();
    const [claim] = await open(store).store({}, [payload('a')]);
    for (const [key, bytes] of store.kept) store.kept.set(key, Buffer.concat([bytes, Buffer.from('b')]));
    await expect(open(store).retrieve({}, [claim as StorageDriverClaim])).rejects.toMatchObject({
      type: 'Payload.Lost',
    });
  });

  test.each<Record<string, string>>([{}, { sha256: '../../etc/passwd' }, { sha256: 'A'.repeat(64) }])(
    'never looks for %j',
    async (claimData) => {
      const store = { ...memoryStore(), get: jest.fn() };
      await expect(open(store).retrieve({}, [new StorageDriverClaim(claimData)])).rejects.toMatchObject({
        type: 'Payload.Lost',
      });
      expect(store.get).not.toHaveBeenCalled();
    },
  );

  test('a store that does not work is a failure that can be repeated', async () => {
    const store = { ...memoryStore(), put: () => Promise.reject(new Error('ENOSPC: no space left on device')) };
    await expect(open(store).store({}, [payload('a')])).rejects.toMatchObject({
      type: 'Payload.StoreUnavailable',
      message: 'file:/here does not work: ENOSPC: no space left on device',
    });
  });

  test('writes nothing once it was told to stop', async () => {
    const store = memoryStore();
    await expect(open(store).store({ abortSignal: AbortSignal.abort() }, [payload('a')])).rejects.toThrow();
    expect(store.kept.size).toBe(0);
  });
});
