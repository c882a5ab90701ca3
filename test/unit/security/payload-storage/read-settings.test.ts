import { readPayloadStorageSettings } from '../../../../src/security/payload-storage/read-settings';

describe('readPayloadStorageSettings', () => {
  test.each([undefined, '', '  '])('%j: everything stands in history', (HOLDFAST_PAYLOADS) => {
    expect(readPayloadStorageSettings({ HOLDFAST_PAYLOADS })).toEqual({
      places: [],
      thresholdBytes: 65_536,
      retentionDays: 90,
    });
  });

  test.each([
    ['file:/data/payloads', { kind: 'file', directory: '/data/payloads' }],
    ['file:///data/payloads/', { kind: 'file', directory: '/data/payloads' }],
    ['redis', { kind: 'redis', url: 'redis://journal:6379', keyPrefix: 'holdfast:' }],
    ['rediss://u:p@host:1', { kind: 'redis', url: 'rediss://u:p@host:1', keyPrefix: 'holdfast:' }],
    ['s3://acme-payloads', { kind: 's3', bucket: 'acme-payloads', prefix: '', usesPathStyle: false }],
    [
      's3://acme/runs/eu?region=eu-central-1',
      { kind: 's3', bucket: 'acme', prefix: 'runs/eu/', region: 'eu-central-1', usesPathStyle: false },
    ],
    [
      's3://acme?endpoint=https://minio.acme.example:9000',
      { kind: 's3', bucket: 'acme', prefix: '', endpoint: 'https://minio.acme.example:9000', usesPathStyle: true },
    ],
    ['redis-cluster://a:1,b:2', { kind: 'redis', url: 'redis-cluster://a:1,b:2', keyPrefix: 'holdfast:' }],
  ])('takes %s', (text, place) => {
    const environment = {
      HOLDFAST_PAYLOADS: text,
      JOURNAL_REDIS_URL: 'redis://journal:6379',
      REDIS_URL: 'redis://other',
    };
    expect(readPayloadStorageSettings(environment).places).toEqual([place]);
  });

  test('writes to the first of several and reads all', () => {
    const environment = { HOLDFAST_PAYLOADS: 'redis; file:/old', REDIS_URL: 'redis://only', HOLDFAST_KEY_PREFIX: 'p:' };
    expect(readPayloadStorageSettings(environment).places).toEqual([
      { kind: 'redis', url: 'redis://only', keyPrefix: 'p:' },
      { kind: 'file', directory: '/old' },
    ]);
  });

  test.each([
    [{ HOLDFAST_PAYLOADS: 'redis' }, 'neither JOURNAL_REDIS_URL nor REDIS_URL is set'],
    [{ HOLDFAST_PAYLOADS: 'file:payloads' }, '"file:payloads" is not absolute'],
    [{ HOLDFAST_PAYLOADS: 'gs://bucket' }, 'redis://host:port or s3://bucket/prefix'],
    [{ HOLDFAST_PAYLOADS: 's3://' }, 's3: "" is no name of a bucket'],
    [{ HOLDFAST_PAYLOADS: 's3://user:pw@bucket' }, 'is no name of a bucket'],
    [{ HOLDFAST_PAYLOADS: 's3://acme?Region=eu' }, 's3: "Region" is no option'],
    [{ HOLDFAST_PAYLOADS: 's3://acme?endpoint=http://minio' }, 's3: expected an endpoint with https'],
    [{ HOLDFAST_PAYLOADS: 's3://acme?endpoint=https://u:p@minio' }, 'without credentials'],
    [{ HOLDFAST_PAYLOADS: 's3://acme;s3://other' }, 'names two stores of the kind "s3"'],
    [{ HOLDFAST_PAYLOADS: 'file:/a;' }, 'expected file:/absolute/directory'],
    [{ HOLDFAST_PAYLOADS: 'file:/a;file:/b' }, 'names two stores of the kind "file"'],
    [{ HOLDFAST_PAYLOADS: 'redis://' }, 'The Redis address for payloads'],
    [{ HOLDFAST_PAYLOAD_THRESHOLD_BYTES: '1023' }, 'expected a whole number from 1024 to 1000000, received "1023"'],
    [{ HOLDFAST_PAYLOAD_THRESHOLD_BYTES: '64k' }, 'received "64k"'],
    [
      { HOLDFAST_PAYLOAD_RETENTION_DAYS: '0' },
      'HOLDFAST_PAYLOAD_RETENTION_DAYS: expected a whole number from 1 to 3650',
    ],
  ])('%j is refused: %s', (environment, message) => {
    expect(() => readPayloadStorageSettings(environment)).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(message) as string }),
    );
  });

  test('a password is never shown', () => {
    for (const HOLDFAST_PAYLOADS of ['http://user:secret@host', 'redis://user:secret@', 'redis;redis://u:secret@h']) {
      expect(() => readPayloadStorageSettings({ HOLDFAST_PAYLOADS, REDIS_URL: 'redis://x' })).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('secret') as string }),
      );
    }
  });
});
