/** Where an eval's Redis and providers are: as the environment says, else those of the stack that runs in this clone. */
import { readRunningStack } from '../../stack';
import type { Output } from '../output';
import { devDirectory } from '../paths';
import { redisEnvironment } from '../redis-environment';
import { simulatorEnvironment } from '../stack/provider-choice';
import { readSimulatorEndpoints } from '../stack/simulator-endpoints';

export function evalEnvironment(output: Output, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = redisEnvironment(output, base);
  // Somebody else's Redis: the simulator of this clone has nothing to do with its quotas.
  if (environment === base) return base;
  const simulator = readRunningStack(devDirectory)?.addresses?.['simulator'];
  return simulator === undefined
    ? environment
    : { ...simulatorEnvironment(simulator, readSimulatorEndpoints()), ...environment };
}
