/** What is known, and checked, before anything is started. */
import { loadSettings } from '../../config/load-settings';
import type { ResearchInput } from '../../contracts/pipelines/research-report';
import { readToolchain } from '../../stack';
import type { Toolchain } from '../../stack';
import { readWorkerEnvironment } from '../../workers/worker-environment';
import { cloneDirectory } from '../paths';
import { chooseProvider, simulatorEnvironment, withoutOtherProviders } from '../stack/provider-choice';
import type { ProviderChoice } from '../stack/provider-choice';
import { readSimulatorEndpoints } from '../stack/simulator-endpoints';
import type { SimulatorEndpoints } from '../stack/simulator-endpoints';
import { readDevInput } from './dev-input';
import type { DevInputOptions } from './dev-input';

export interface DevOptions extends DevInputOptions {
  /** Approve, print the result and end. */
  readonly once: boolean;
  /** The simulator even when a provider's key is set. */
  readonly simulate: boolean;
}

export interface DevPlan {
  readonly input: ResearchInput;
  readonly once: boolean;
  /** No option asked for another input, so an unfinished run may be gone on with. */
  readonly mayContinue: boolean;
  /** Starts from nothing and leaves nothing behind. */
  readonly isFresh: boolean;
  readonly choice: ProviderChoice;
  readonly endpoints: SimulatorEndpoints;
  readonly toolchain: Toolchain;
}

/** Stands for an address that is not known before the simulator runs. */
const placeholderUrl = 'http://127.0.0.1:1';

/** Throws `Pipeline.InvalidInput` or `Config.Invalid`. */
export async function planDev(options: DevOptions, environment: NodeJS.ProcessEnv): Promise<DevPlan> {
  const { once, simulate } = options;
  const input = await readDevInput(options);
  const choice: ProviderChoice = simulate ? { kind: 'simulator' } : chooseProvider(environment);
  const endpoints = readSimulatorEndpoints();
  checkConfig({
    ...withoutOtherProviders(environment, choice),
    ...(choice.kind === 'simulator' ? simulatorEnvironment(placeholderUrl, endpoints) : {}),
  });
  const isExample = options.topic === undefined && options.sections === undefined && options.input === undefined;
  return {
    input,
    once,
    mayContinue: isExample && !once,
    // What was used of a real quota must be remembered from run to run.
    isFresh: once && choice.kind === 'simulator',
    choice,
    endpoints,
    toolchain: readToolchain(cloneDirectory, environment),
  };
}

/** The worker checks it again, but then the servers are running. */
function checkConfig(environment: NodeJS.ProcessEnv): void {
  loadSettings({ file: readWorkerEnvironment(environment).configFile, environment });
}
