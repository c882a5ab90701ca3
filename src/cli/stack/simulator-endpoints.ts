import { readFileSync } from 'node:fs';
import { HoldfastError } from '../../errors';
import { readConfig } from '../../simulator/settings';
import { simulatorConfigFile } from '../paths';

export type SimulatorEndpoints = ReturnType<typeof readConfig>;

/** Throws `Config.Invalid` naming file and field. */
export function readSimulatorEndpoints(file = simulatorConfigFile): SimulatorEndpoints {
  try {
    return readConfig(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new HoldfastError('Config.Invalid', `${file}: ${(error as Error).message}`, { file }, { cause: error });
  }
}
