/** The Temporal a command talks to: as TEMPORAL_* says, else the development stack that runs in this clone. */
import { connect } from '../client';
import type { HoldfastClient } from '../client';
import { readRunningStack } from '../stack';
import type { Output } from './output';
import { devDirectory, payloadsIn } from './paths';
import { temporalEnvironment } from './stack/temporal-environment';

/** A person waits. */
const connectTimeoutMs = 5_000;
const settings = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

/** Runs `work` with an open client and closes it. Throws `Service.Unreachable`. */
export async function withClient<T>(output: Output, work: (client: HoldfastClient) => Promise<T>): Promise<T> {
  const client = await connect({ environment: environmentFor(output), connectTimeoutMs });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

function environmentFor(output: Output): NodeJS.ProcessEnv {
  if (settings.some((name) => Boolean(process.env[name]))) return process.env;
  const { temporal: address, redis } = readRunningStack(devDirectory)?.addresses ?? {};
  if (address === undefined) return process.env;
  output.note(`using the stack of "npm start" (Temporal at ${address})`);
  const environment = {
    HOLDFAST_PAYLOADS: payloadsIn(devDirectory),
    ...temporalEnvironment(process.env, { address, namespace: 'default' }),
  };
  return redis === undefined ? environment : { REDIS_URL: redis, ...environment };
}
