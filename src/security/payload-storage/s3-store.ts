/**
 * Payloads as objects of one S3 bucket: `<prefix><first two characters>/<key>`. Their age is the object's `LastModified`,
 * which is what lifecycle rules count from; a use after a day writes the object anew, or copies it onto itself.
 */
import type * as AwsS3 from '@aws-sdk/client-s3';
import { HoldfastError } from '../../errors/holdfast-error';
import { ageStepMs } from './payload-store';
import type { KeptPayloadStore, StoredPayload } from './payload-store';
import type { S3Place } from './read-settings';

/** The SDK takes as long as a person would notice to load: only who has an S3 store waits for it. */
type Sdk = typeof AwsS3;

export interface S3StoreOptions extends Omit<S3Place, 'kind'> {
  /** Default: the AWS environment's (variables, profile, container, web identity, instance). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Of one operation with its retries. A workflow task has 10 s. */
  readonly timeoutMs?: number;
}

/** 64 MiB within it need 70 Mbit/s. */
const defaultTimeoutMs = 8_000;
const attempts = 3;

interface Opened {
  readonly sdk: Sdk;
  readonly client: AwsS3.S3Client;
}

/** Connects with the first payload. */
export function createS3Store(options: S3StoreOptions): KeptPayloadStore {
  const { bucket, prefix, endpoint, timeoutMs = defaultTimeoutMs } = options;
  let opened: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => (opened ??= openClient(options));
  const objects = createObjects(open, { bucket, prefix, timeoutMs });
  return {
    kind: 's3',
    place: `s3://${bucket}/${prefix}${endpoint === undefined ? '' : ` at ${new URL(endpoint).host}`}`,
    put: (key, bytes) =>
      told(async () => {
        const found = await objects.head(key);
        if (found?.bytes !== bytes.byteLength || !isFresh(found.usedAtMs)) await objects.write(key, bytes);
      }),
    get: (key) =>
      told(async () => {
        const found = await objects.read(key);
        // A bucket that is only readable here serves all the same.
        if (found !== undefined && !isFresh(found.usedAtMs)) await objects.renew(key).catch(() => undefined);
        return found?.bytes;
      }),
    check: () =>
      objects.checkBucket().catch((error: unknown) => {
        throw unusable(bucket, error);
      }),
    list: () => listObjects(open, { bucket, prefix, timeoutMs }),
    peek: (key) => told(async () => (await objects.read(key))?.bytes),
    removeUnused: (key, unusedSinceMs) =>
      told(async () => {
        const found = await objects.head(key);
        if (found === undefined || found.usedAtMs >= unusedSinceMs) return false;
        await objects.remove(key);
        return true;
      }),
    close: () => void opened?.then(({ client }) => client.destroy()),
  };
}

interface Place {
  readonly bucket: string;
  readonly prefix: string;
  readonly timeoutMs: number;
}

/** One request each; what they throw is the SDK's. */
function createObjects(open: () => Promise<Opened>, { bucket, prefix, timeoutMs }: Place) {
  const nameOf = (key: string): string => `${prefix}${key.slice(0, 2)}/${key}`;
  const at = (key: string) => ({ Bucket: bucket, Key: nameOf(key) });
  const inTime = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  const usedAtMsOf = ({ LastModified }: { LastModified?: Date | undefined }): number => LastModified?.getTime() ?? 0;
  return {
    head: async (key: string) => {
      const { sdk, client } = await open();
      const found = await orAbsent(client.send(new sdk.HeadObjectCommand(at(key)), inTime()));
      return found && { bytes: found.ContentLength, usedAtMs: usedAtMsOf(found) };
    },
    read: async (key: string) => {
      const { sdk, client } = await open();
      const found = await orAbsent(client.send(new sdk.GetObjectCommand(at(key)), inTime()));
      if (found?.Body === undefined) return undefined;
      // Within the same time: the signal ends the body, too.
      return { bytes: await found.Body.transformToByteArray(), usedAtMs: usedAtMsOf(found) };
    },
    write: async (key: string, bytes: Uint8Array) => {
      const { sdk, client } = await open();
      // The bucket compares it with what arrives. Keys are digests of the bytes.
      const ChecksumSHA256 = Buffer.from(key, 'hex').toString('base64');
      await client.send(new sdk.PutObjectCommand({ ...at(key), Body: bytes, ChecksumSHA256 }), inTime());
    },
    renew: async (key: string) => {
      const { sdk, client } = await open();
      const source = { CopySource: `${bucket}/${nameOf(key)}`, MetadataDirective: 'REPLACE' } as const;
      await client.send(new sdk.CopyObjectCommand({ ...at(key), ...source }), inTime());
    },
    remove: async (key: string) => {
      const { sdk, client } = await open();
      await client.send(new sdk.DeleteObjectCommand(at(key)), inTime());
    },
    checkBucket: async () => {
      const { sdk, client } = await open();
      await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }), inTime());
    },
  };
}

async function openClient({ region, endpoint, usesPathStyle, credentials }: S3StoreOptions): Promise<Opened> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    maxAttempts: attempts,
    forcePathStyle: usesPathStyle,
    // The checksums that the SDK adds by itself are refused by many servers that are not AWS; ours is SHA-256 all the way.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
    ...(region !== undefined && { region }),
    // Servers that are not AWS take any region, but one has to be signed.
    ...(region === undefined && endpoint !== undefined && { region: 'us-east-1' }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
  });
  return { sdk, client };
}

async function* listObjects(
  open: () => Promise<Opened>,
  { bucket, prefix, timeoutMs }: Place,
): AsyncGenerator<StoredPayload> {
  const { sdk, client } = await open();
  let ContinuationToken: string | undefined;
  do {
    const request = { Bucket: bucket, Prefix: prefix, ...(ContinuationToken && { ContinuationToken }) };
    const page = await told(() =>
      client.send(new sdk.ListObjectsV2Command(request), { abortSignal: AbortSignal.timeout(timeoutMs) }),
    );
    for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
      const [, folder, key = ''] = /^([0-9a-f]{2})\/([0-9a-f]{64})$/.exec(Key.slice(prefix.length)) ?? [];
      // What others keep in the bucket is none of our business.
      if (folder === undefined || !key.startsWith(folder) || LastModified === undefined) continue;
      yield { key, bytes: Size, usedAtMs: LastModified.getTime() };
    }
    ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

function isFresh(usedAtMs: number): boolean {
  return Date.now() - usedAtMs < ageStepMs;
}

interface S3Error extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly code?: string;
}

/** Undefined when the object is not there; a bucket that is not there is an error. */
async function orAbsent<T>(request: Promise<T>): Promise<T | undefined> {
  return request.catch((error: S3Error) => {
    if (error.name === 'NoSuchKey' || error.name === 'NotFound') return undefined;
    throw error;
  });
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(reasonOf(error as S3Error), { cause: error });
  }
}

/** Name and status tell what is wrong; the message is the server's and often only says that again. */
function reasonOf({ name, message, code, $metadata }: S3Error): string {
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time';
  const status = $metadata?.httpStatusCode;
  return status === undefined ? `${code ?? name}: ${message}` : `${name} (${status}): ${message}`;
}

function unusable(bucket: string, error: unknown): HoldfastError {
  const status = (error as S3Error).$metadata?.httpStatusCode;
  const reason = reasonOf(error as S3Error);
  if (status === undefined || status >= 500) {
    const message = `HOLDFAST_PAYLOADS: the S3 bucket ${bucket} does not answer: ${reason}`;
    return new HoldfastError('Service.Unreachable', message, {}, { cause: error });
  }
  const hint = 'check its name and region, the credentials, and that they may s3:ListBucket';
  return new HoldfastError('Config.Invalid', `HOLDFAST_PAYLOADS: the S3 bucket ${bucket}: ${reason}; ${hint}`);
}
