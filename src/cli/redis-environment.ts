/** The Redis a command looks at: as REDIS_URL says, else the one of the development stack that runs in this clone. */
import { readRunningStack } from '../stack';
import type { Output } from './output';
import { devDirectory } from './paths';

export function redisEnvironment(output: Output, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (base['REDIS_URL']) return base;
  const address = readRunningStack(devDirectory)?.addresses?.['redis'];
  if (address === undefined) return base;
  output.note(`using the stack of "npm start" (Redis at ${address})`);
  return { ...base, REDIS_URL: address };
}
