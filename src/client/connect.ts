import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultTaskQueue } from '../contracts/names';
import { shippedPipelines } from '../contracts/pipelines/catalogue';
import type { PipelineContract } from '../contracts/pipelines/catalogue';
import { HoldfastError } from '../errors/holdfast-error';
import { temporalUnreachable } from '../errors/temporal-unreachable';
import { HoldfastClient } from './holdfast-client';

export interface ConnectOptions {
  /** `host:port`. Default: `TEMPORAL_ADDRESS`, `temporal.toml`, then `localhost:7233`. */
  readonly address?: string;
  /** Default: `TEMPORAL_NAMESPACE`, `temporal.toml`, then `default`. */
  readonly namespace?: string;
  /** Default: `HOLDFAST_TASK_QUEUE`, then `holdfast`. */
  readonly taskQueue?: string;
  /** Pipelines that may be started besides the shipped ones. */
  readonly pipelines?: readonly PipelineContract[];
  /** Where `TEMPORAL_*` and `HOLDFAST_TASK_QUEUE` are read from. Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How long to try to reach the server, ms. Default 10,000. */
  readonly connectTimeoutMs?: number;
}

/**
 * Connects to Temporal as the `TEMPORAL_*` environment or `temporal.toml` says (TLS and API keys included).
 * Throws `Service.Unreachable` naming the address.
 */
export async function connect(options: ConnectOptions = {}): Promise<HoldfastClient> {
  const environment = options.environment ?? process.env;
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
  const client = new Client({ connection, namespace: options.namespace ?? namespace ?? 'default' });
  return new HoldfastClient({
    client,
    connection,
    taskQueue: options.taskQueue ?? environment['HOLDFAST_TASK_QUEUE'] ?? defaultTaskQueue,
    pipelines: [...shippedPipelines, ...(options.pipelines ?? [])],
  });
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
