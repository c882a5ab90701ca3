/** Where a command's servers are: as the environment says, else those of the development stack that runs in this clone. */
import { readRunningStack } from '../../stack';
import type { Output } from '../output';
import { devDirectory, payloadsIn } from '../paths';
import { simulatorEnvironment } from './provider-choice';
import { readSimulatorEndpoints } from './simulator-endpoints';
import { temporalEnvironment } from './temporal-environment';

const settings = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

/** For a client. */
export function runningEnvironment(output: Output, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (settings.some((name) => Boolean(base[name]))) return base;
  const { temporal: address, redis } = readRunningStack(devDirectory)?.addresses ?? {};
  if (address === undefined) return base;
  output.note(`using the stack of "npm start" (Temporal at ${address})`);
  const environment = {
    HOLDFAST_PAYLOADS: payloadsIn(devDirectory),
    ...temporalEnvironment(base, { address, namespace: 'default' }),
  };
  return redis === undefined ? environment : { REDIS_URL: redis, ...environment };
}

/** For a worker: with the stack's simulator, where it has one. */
export function runningWorkerEnvironment(output: Output, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = runningEnvironment(output, base);
  const simulator = environment === base ? undefined : readRunningStack(devDirectory)?.addresses?.['simulator'];
  if (simulator === undefined) return environment;
  return { ...simulatorEnvironment(simulator, readSimulatorEndpoints()), ...environment };
}
