/** What the environment says about payloads by reference: the same variables for workers, clients and the CLI. */
import { isAbsolute, resolve } from 'node:path';
import { defaultKeyPrefix } from '../../contracts/names';
import { parseRedisAddress } from '../../contracts/redis-address';
import { HoldfastError } from '../../errors/holdfast-error';
import { payloadStoreKinds } from './payload-store';

export type PlaceSettings =
  | { readonly kind: 'file'; readonly directory: string }
  | { readonly kind: 'redis'; readonly url: string; readonly keyPrefix: string }
  | S3Place;

export interface S3Place {
  readonly kind: 's3';
  readonly bucket: string;
  /** Before every key; ends with `/` unless it is empty. */
  readonly prefix: string;
  /** Absent: as the AWS environment says. */
  readonly region?: string;
  /** Of a server that is not AWS. */
  readonly endpoint?: string;
  /** `endpoint/bucket/key` in place of `bucket.endpoint/key`. */
  readonly usesPathStyle: boolean;
}

export interface PayloadStorageSettings {
  /** The first one is written to, all of them are read. Empty: everything stands in history. */
  readonly places: readonly PlaceSettings[];
  /** Bytes from which on a payload goes by reference. */
  readonly thresholdBytes: number;
  /** How long Redis keeps a payload after its last use. */
  readonly retentionDays: number;
}

export const placesVariable = 'HOLDFAST_PAYLOADS';
const thresholdVariable = 'HOLDFAST_PAYLOAD_THRESHOLD_BYTES';
const retentionVariable = 'HOLDFAST_PAYLOAD_RETENTION_DAYS';

/**
 * Temporal suggests to continue as new at 4 MiB of history: 64 payloads of this size. Smaller ones are cheaper in history
 * than as a file that is synced to disk.
 */
const defaultThresholdBytes = 65_536;
/** Longer than runs that wait for people take, plus the retention of their namespace. */
const defaultRetentionDays = 90;

/** Throws `Config.Invalid`. */
export function readPayloadStorageSettings(environment: NodeJS.ProcessEnv): PayloadStorageSettings {
  const text = environment[placesVariable]?.trim() ?? '';
  const places = text === '' ? [] : text.split(';').map((place) => readPlace(place.trim(), environment));
  for (const kind of payloadStoreKinds) {
    if (places.filter((place) => place.kind === kind).length > 1) {
      throw invalid(`names two stores of the kind "${kind}", but a reference only tells the kind: name one`);
    }
  }
  return {
    places,
    thresholdBytes: readWhole(environment, thresholdVariable, {
      fallback: defaultThresholdBytes,
      least: 1_024,
      most: 1_000_000,
    }),
    retentionDays: readWhole(environment, retentionVariable, { fallback: defaultRetentionDays, least: 1, most: 3_650 }),
  };
}

function readPlace(text: string, environment: NodeJS.ProcessEnv): PlaceSettings {
  const keyPrefix = environment['HOLDFAST_KEY_PREFIX'] ?? defaultKeyPrefix;
  if (text === 'redis') {
    const url = environment['JOURNAL_REDIS_URL'] ?? environment['REDIS_URL'];
    if (!url)
      throw invalid(
        'is "redis", but neither JOURNAL_REDIS_URL nor REDIS_URL is set: set one, or write its address here',
      );
    return { kind: 'redis', url: redisUrl(url), keyPrefix };
  }
  if (/^rediss?(-cluster)?:/.test(text)) return { kind: 'redis', url: redisUrl(text), keyPrefix };
  if (text.startsWith('s3:')) return readS3Place(text);
  if (!text.startsWith('file:')) {
    // It may be an address with a password in a form we do not know.
    throw invalid(
      'expected file:/absolute/directory, redis, redis://host:port or s3://bucket/prefix, separated by ; when there are several',
    );
  }
  const directory = text.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
  if (!isAbsolute(directory)) {
    throw invalid(
      `"${text}" is not absolute, so worker and client would mean different directories: write file:/absolute/directory`,
    );
  }
  return { kind: 'file', directory: resolve(directory) };
}

const s3Form = 's3://bucket/prefix?region=eu-central-1&endpoint=https://host&pathStyle=true';
/** The rules of S3, without the rarer ones. */
const bucketForm = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const localHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function readS3Place(text: string): S3Place {
  const [, bucket = '', path = '', query = ''] = /^s3:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(text) ?? [];
  const prefix = path.replaceAll(/^\/+|\/+$/g, '');
  const options = new URLSearchParams(query);
  const unknown = [...options.keys()].find((name) => !['region', 'endpoint', 'pathStyle'].includes(name));
  if (unknown !== undefined) throw invalid(`s3: "${unknown}" is no option; write ${s3Form}`);
  if (!bucketForm.test(bucket)) throw invalid(`s3: "${bucket}" is no name of a bucket; write ${s3Form}`);
  if (!/^[\w!.*'()/-]*$/.test(prefix)) throw invalid("s3: the prefix may have letters, digits and /!-_.*'() only");
  const region = options.get('region');
  const endpoint = readS3Endpoint(options.get('endpoint'));
  return {
    kind: 's3',
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    ...(region && { region }),
    ...(endpoint !== undefined && { endpoint }),
    usesPathStyle: (options.get('pathStyle') ?? String(endpoint !== undefined)) === 'true',
  };
}

/** Payloads are for nobody on the way: http only to this machine. */
function readS3Endpoint(text: string | null): string | undefined {
  if (text === null) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlainLocal = url?.protocol === 'http:' && localHosts.includes(url.hostname);
  if (url !== undefined && url.username === '' && (url.protocol === 'https:' || isPlainLocal)) return text;
  throw invalid('s3: expected an endpoint with https (http for this machine only) and without credentials');
}

function redisUrl(url: string): string {
  parseRedisAddress(url, 'payloads');
  return url;
}

interface WholeNumber {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
}

function readWhole(environment: NodeJS.ProcessEnv, variable: string, { fallback, least, most }: WholeNumber): number {
  const text = environment[variable]?.trim() ?? '';
  if (text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new HoldfastError(
    'Config.Invalid',
    `${variable}: expected a whole number from ${least} to ${most}, received "${text}"`,
  );
}

function invalid(what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${placesVariable}: ${what}`);
}
