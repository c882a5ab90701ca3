import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultKeyPrefix, defaultTaskQueue } from '../contracts/names';
import { shippedPipelines } from '../contracts/pipelines/catalogue';
import type { PipelineContract } from '../contracts/pipelines/contract';
import { HoldfastError } from '../errors/holdfast-error';
import { temporalUnreachable } from '../errors/temporal-unreachable';
import { openOverloadBoard } from '../journal/overload-board';
import type { OpenOverloadBoard } from '../journal/overload-board';
import { openStreamSource } from '../journal/stream-source';
import type { StreamSource } from '../journal/stream-source';
import { readApprovalTokens } from '../security/approval-token';
import { readJournalCipher } from '../security/cipher';
import { createDataConverter } from '../security/data-converter';
import { HoldfastClient } from './holdfast-client';

export interface ConnectOptions {
  /** `host:port`. Default: `TEMPORAL_ADDRESS`, `temporal.toml`, then `localhost:7233`. */
  readonly address?: string;
  /** Default: `TEMPORAL_NAMESPACE`, `temporal.toml`, then `default`. */
  readonly namespace?: string;
  /** Default: `HOLDFAST_TASK_QUEUE`, then `holdfast`. */
  readonly taskQueue?: string;
  /**
   * The workers' Redis, where they post that a pool's queue is full: a `start` is then refused at once. Default:
   * `HOLDFAST_REDIS_URL`, then `REDIS_URL`; without any, or with an empty one, every start is taken.
   */
  readonly redisUrl?: string;
  /**
   * The workers' Redis for the journal, where the text of steps is read (`RunHandle.stream`). Default:
   * `JOURNAL_REDIS_URL`, then as `redisUrl`. Where the workers encrypt, `HOLDFAST_JOURNAL_KEYS` holds the keys here too.
   */
  readonly journalRedisUrl?: string;
  /** The workers' prefix of keys. Default: `HOLDFAST_KEY_PREFIX`, then `holdfast:`. */
  readonly keyPrefix?: string;
  /** Pipelines that may be started besides the shipped ones. */
  readonly pipelines?: readonly PipelineContract[];
  /** Where `TEMPORAL_*`, `HOLDFAST_*` and `REDIS_URL` are read from. Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How long to try to reach the server, ms. Default 10,000. */
  readonly connectTimeoutMs?: number;
}

/**
 * Connects to Temporal as the `TEMPORAL_*` environment or `temporal.toml` says (TLS and API keys included).
 * Throws `Service.Unreachable` naming the address, `Config.Invalid` for settings that cannot be read.
 */
export async function connect(options: ConnectOptions = {}): Promise<HoldfastClient> {
  const environment = options.environment ?? process.env;
  const overloads = openOverloads(options, environment);
  const streams = openStreams(options, environment);
  const tokens = readApprovalTokens(environment);
  const payloads = createDataConverter({
    environment: payloadEnvironment(environment, options),
    toFailure: (error) => error,
  });
  const { connectionOptions, namespace } = readEnvironment(environment);
  const address = options.address ?? connectionOptions.address ?? 'localhost:7233';
  let connection: Connection;
  try {
    connection = await Connection.connect({
      ...connectionOptions,
      address,
      connectTimeout: options.connectTimeoutMs ?? 10_000,
    });
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw temporalUnreachable(address, told, error);
  }
  const client = new Client({
    connection,
    namespace: options.namespace ?? namespace ?? 'default',
    dataConverter: payloads.dataConverter,
  });
  return new HoldfastClient({
    client,
    connection,
    taskQueue: options.taskQueue ?? environment['HOLDFAST_TASK_QUEUE'] ?? defaultTaskQueue,
    pipelines: [...shippedPipelines, ...(options.pipelines ?? [])],
    payloads: payloads.storage,
    ...(overloads && { overloads }),
    ...(streams && { streams }),
    ...(tokens && { tokens }),
  });
}

/** What the caller passed, and the workers' Redis, go for payloads too. */
function payloadEnvironment(
  environment: NodeJS.ProcessEnv,
  { redisUrl, keyPrefix }: ConnectOptions,
): NodeJS.ProcessEnv {
  const url = redisUrl ?? environment['HOLDFAST_REDIS_URL'];
  return {
    ...environment,
    ...(url !== undefined && { REDIS_URL: url }),
    ...(keyPrefix !== undefined && { HOLDFAST_KEY_PREFIX: keyPrefix }),
  };
}

function openOverloads(options: ConnectOptions, environment: NodeJS.ProcessEnv): OpenOverloadBoard | undefined {
  const url = redisUrlOf(options, environment);
  if (!url) return undefined;
  return openOverloadBoard(url, keyPrefixOf(options, environment));
}

function openStreams(options: ConnectOptions, environment: NodeJS.ProcessEnv): StreamSource | undefined {
  const own = options.journalRedisUrl ?? environment['JOURNAL_REDIS_URL'];
  const url = own || redisUrlOf(options, environment);
  if (!url) return undefined;
  const cipher = readJournalCipher(environment);
  return openStreamSource({ url, keyPrefix: keyPrefixOf(options, environment), ...(cipher && { cipher }) });
}

function redisUrlOf({ redisUrl }: ConnectOptions, environment: NodeJS.ProcessEnv): string | undefined {
  return redisUrl ?? environment['HOLDFAST_REDIS_URL'] ?? environment['REDIS_URL'];
}

function keyPrefixOf({ keyPrefix }: ConnectOptions, environment: NodeJS.ProcessEnv): string {
  return keyPrefix ?? environment['HOLDFAST_KEY_PREFIX'] ?? defaultKeyPrefix;
}

function readEnvironment(environment: NodeJS.ProcessEnv): ReturnType<typeof loadClientConnectConfig> {
  const entries = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(entries) });
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw new HoldfastError(
      'Config.Invalid',
      `the Temporal settings (TEMPORAL_* or temporal.toml) are wrong: ${told}`,
      {},
      { cause: error },
    );
  }
}
