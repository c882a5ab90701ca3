/** Finds what is wrong with the configuration before anything is started. */
import { loadSettings } from '../../config/load-settings';
import { readWorkerEnvironment } from '../../workers/worker-environment';

/** Stands for addresses that are not known before the services run. */
export const placeholderUrl = 'http://127.0.0.1:1';

/** @param environment what the worker will get. Throws `Config.Invalid`. */
export function checkConfig(environment: NodeJS.ProcessEnv): void {
  loadSettings({ file: readWorkerEnvironment(environment).configFile, environment });
}
