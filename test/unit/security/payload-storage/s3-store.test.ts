import { createHash, randomBytes } from 'node:crypto';
import { createS3Store } from '../../../../src/security/payload-storage/s3-store';
import type { S3StoreOptions } from '../../../../src/security/payload-storage/s3-store';
import { createStorageDriver } from '../../../../src/security/payload-storage/storage-driver';
import { sweepStore, verifyStore } from '../../../../src/security/payload-storage/housekeeping';
import type { KeptPayloadStore } from '../../../../src/security/payload-storage/payload-store';
import { credentials, startS3Server } from '../../../support/s3-server';
import type { TestS3Server } from '../../../support/s3-server';

const dayMs = 24 * 60 * 60 * 1_000;
let s3: TestS3Server;
let store: KeptPayloadStore;

const keyOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const nameOf = (key: string): string => `runs/${key.slice(0, 2)}/${key}`;
const open = (changes: Partial<S3StoreOptions> = {}): KeptPayloadStore =>
  createS3Store({
    bucket: s3.bucket,
    prefix: 'runs/',
    endpoint: s3.endpoint,
    usesPathStyle: true,
    credentials,
    // Of a busy machine.
    timeoutMs: 30_000,
    ...changes,
  });
const stored = async (bytes: Buffer, daysAgo = 0): Promise<string> => {
  const key = keyOf(bytes);
  await store.put(key, bytes);
  const object = s3.objects.get(nameOf(key));
  if (object !== undefined) object.lastModified = new Date(Date.now() - daysAgo * dayMs);
  return key;
};
const ageDays = (key: string): number => {
  const object = s3.objects.get(nameOf(key));
  return object === undefined ? Number.NaN : (Date.now() - object.lastModified.getTime()) / dayMs;
};

beforeEach(async () => {
  s3 = await startS3Server();
  store = open();
});
afterEach(async () => {
  store.close();
  await s3.stop();
});

describe('createS3Store', () => {
  test('keeps 8 MB as they are, under their digest', async () => {
    const bytes = randomBytes(8_000_000);
    const key = await stored(bytes);
    expect([...s3.objects.keys()]).toEqual([`runs/${key.slice(0, 2)}/${key}`]);
    expect(Buffer.compare((await store.get(key)) ?? Buffer.alloc(0), bytes)).toBe(0);
    // The first one loads the SDK.
  }, 60_000);

  test('what is there already is not sent again, and a use after a day renews its age', async () => {
    const bytes = Buffer.from('bytes');
    const key = await stored(bytes);
    s3.requests.length = 0;
    await store.put(key, bytes);
    await store.get(key);
    expect(s3.requests.map((request) => request.split(' ')[0])).toEqual(['HEAD', 'GET']);
    for (const use of [() => store.put(key, bytes), () => store.get(key)]) {
      await stored(bytes, 10);
      await use();
      expect(ageDays(key)).toBeLessThan(1);
    }
    expect(await store.get(key)).toEqual(new Uint8Array(bytes));
  });

  test('answers undefined for what is not there', async () => {
    await expect(store.get(keyOf(Buffer.from('none')))).resolves.toBeUndefined();
  });

  test.each([
    ['500, then it works', { status: 500, code: 'InternalError' }],
    ['503, then it works', { status: 503, code: 'SlowDown' }],
  ])('%s', async (_, fault) => {
    s3.faults.push(fault);
    const key = await stored(Buffer.from('bytes'));
    s3.faults.push(fault);
    expect(await store.get(key)).toHaveLength(5);
  });

  test.each([
    ['403', { credentials: { ...credentials, secretAccessKey: 'wrong' } }, /SignatureDoesNotMatch \(403\)/],
    ['no bucket', { bucket: 'other' }, /NoSuchBucket \(404\)/],
    ['nobody there', { endpoint: 'http://127.0.0.1:1' }, /ECONNREFUSED/],
  ])('%s is a failure that can be repeated, and no payload that is lost', async (_, options, told) => {
    const other = open(options);
    const driver = createStorageDriver(other, (error) => error);
    const key = await stored(Buffer.from('bytes'));
    for (const use of [
      driver.store({}, [{ data: Buffer.from('x') }]),
      driver.retrieve({}, [{ claimData: { sha256: key } }]),
    ]) {
      // A HEAD has no body, so its answer tells the status alone.
      await expect(use).rejects.toMatchObject({
        type: 'Payload.StoreUnavailable',
        message: expect.stringMatching(/^s3:/),
      });
    }
    await expect(driver.retrieve({}, [{ claimData: { sha256: key } }])).rejects.toThrow(told);
    other.close();
  });

  test('a body that is cut is a failure that can be repeated', async () => {
    const driver = createStorageDriver(store, (error) => error);
    const [claim] = await driver.store({}, [{ data: randomBytes(300_000) }]);
    s3.faults.push('truncate');
    await expect(driver.retrieve({}, [claim as never])).rejects.toMatchObject({ type: 'Payload.StoreUnavailable' });
    await expect(driver.retrieve({}, [claim as never])).resolves.toHaveLength(1);
  });

  test('wrong bytes are told as such and never given out', async () => {
    const driver = createStorageDriver(store, (error) => error);
    const [claim] = await driver.store({}, [{ data: randomBytes(1_000) }]);
    for (const object of s3.objects.values()) object.bytes = Buffer.from(object.bytes.map((byte) => byte ^ 1));
    await expect(driver.retrieve({}, [claim as never])).rejects.toMatchObject({
      type: 'Payload.Lost',
      message: expect.stringContaining('is damaged, its SHA-256 is another'),
    });
  });

  test('bytes that do not fit their key are refused by the bucket', async () => {
    await expect(store.put(keyOf(Buffer.from('a')), Buffer.from('b'))).rejects.toThrow(/BadDigest \(400\)/);
    expect(s3.objects.size).toBe(0);
  });

  test('a server that hangs is given up in time', async () => {
    const impatient = open({ timeoutMs: 200 });
    s3.faults.push('hang');
    await expect(impatient.get('ab'.repeat(32))).rejects.toThrow('no answer in time');
    impatient.close();
  });

  test.each([
    ['no bucket', { bucket: 'other' }, 'Config.Invalid'],
    ['a wrong secret', { credentials: { ...credentials, secretAccessKey: 'wrong' } }, 'Config.Invalid'],
    ['nobody there', { endpoint: 'http://127.0.0.1:1' }, 'Service.Unreachable'],
  ])('check: %s is told before the first payload', async (_, options, type) => {
    const other = open(options);
    await expect(other.check()).rejects.toMatchObject({ type, message: expect.stringMatching(/^HOLDFAST_PAYLOADS: /) });
    other.close();
    await expect(store.check()).resolves.toBeUndefined();
  });
});

describe('housekeeping of an S3 store', () => {
  test('sweeps what is old over several pages, and leaves what others keep in the bucket', async () => {
    s3.pageSize = 2;
    const old = await Promise.all([1, 2, 3].map((number) => stored(Buffer.from(`old ${number}`), 40)));
    const young = await Promise.all([1, 2].map((number) => stored(Buffer.from(`young ${number}`), 20)));
    s3.objects.set('runs/readme', { bytes: Buffer.from('theirs'), lastModified: new Date(0) });
    s3.objects.set(`elsewhere/ab/${old[0]}`, { bytes: Buffer.from('theirs'), lastModified: new Date(0) });
    const unusedSinceMs = Date.now() - 30 * dayMs;
    const expected = { kept: 2, removed: 3, removedBytes: 15, keptBytes: 14 };
    await expect(sweepStore(store, { unusedSinceMs, isDryRun: true })).resolves.toMatchObject(expected);
    expect(s3.objects.size).toBe(7);
    await expect(sweepStore(store, { unusedSinceMs, isDryRun: false })).resolves.toMatchObject(expected);
    expect([...s3.objects.keys()].sort()).toEqual(
      [...young.map(nameOf), 'runs/readme', `elsewhere/ab/${old[0]}`].sort(),
    );
  });

  test('what is used while a sweep goes on stays', async () => {
    const key = await stored(Buffer.from('old'), 40);
    const unusedSinceMs = Date.now() - 30 * dayMs;
    for await (const payload of store.list()) {
      await store.get(payload.key);
      expect(await store.removeUnused(payload.key, unusedSinceMs)).toBe(false);
    }
    expect(s3.objects.has(nameOf(key))).toBe(true);
  });

  test('verify names what is damaged, and is no use', async () => {
    const whole = await stored(Buffer.from('whole'), 40);
    const damaged = await stored(Buffer.from('damaged'));
    const object = s3.objects.get(nameOf(damaged));
    if (object !== undefined) object.bytes = Buffer.from('damagEd');
    await expect(verifyStore(store)).resolves.toMatchObject({ checked: 2, damaged: 1, damagedKeys: [damaged] });
    expect(ageDays(whole)).toBeGreaterThan(39);
  });
});
