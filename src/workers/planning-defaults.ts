/** What a plan takes from the configuration and the engine: settings, prompts' output caps, and how providers count. */
import { limitProfiles, settledCostOf } from '../capacity/limit-profiles';
import { requestGapMsOf } from '../capacity/pacing';
import type { CapacityCost } from '../contracts/capacity';
import { askedPoolsOf } from '../contracts/settings';
import type { EndpointSettings, Limits, Settings, StepSettings } from '../contracts/settings';
import type { Usage } from '../contracts/usage';
import { loadPrompts } from '../prompts/load-prompts';
import { loadDeclaredSettings } from './declared-settings';
import { readWorkerEnvironment } from './worker-environment';

export interface PlanningDefaults {
  /** Every endpoint of the file, whether this machine has its key or not. */
  readonly settings: Settings;
  /** The cap that the first tier of a step that calls a model sends along. */
  maxOutputTokensOf(step: StepSettings): number;
  /** What pacing makes of a limit on requests. */
  requestsPerMinute(limits: Limits): number;
  /** What the provider has counted once a call has ended. */
  chargeOf(endpoint: EndpointSettings, call: { readonly usage: Usage; readonly maxOutputTokens: number }): CapacityCost;
}

/** Reads the environment as a worker does. Throws `Config.Invalid`. Connects to nothing. */
export function readPlanningDefaults(environment: NodeJS.ProcessEnv): PlanningDefaults {
  const { configFile, promptsDirectory } = readWorkerEnvironment(environment);
  const settings = loadDeclaredSettings(configFile);
  const prompts = loadPrompts(promptsDirectory);
  return {
    settings,
    maxOutputTokensOf: ({ prompt, tiers, parameters }) => {
      const [tier] = tiers.flatMap(askedPoolsOf);
      const [first] = settings.pools[tier?.pool ?? '']?.endpoints ?? [];
      const variant = tier?.variant ?? settings.endpoints[first ?? '']?.family ?? 'default';
      const caps = [parameters, prompts.get(prompt, variant).parameters, settings.defaults.parameters];
      return caps.find((each) => each?.maxOutputTokens !== undefined)?.maxOutputTokens ?? 0;
    },
    requestsPerMinute: (limits) => 60_000 / requestGapMsOf(limits, settings.capacity.jitterMs),
    chargeOf: (endpoint, { usage, maxOutputTokens }) =>
      settledCostOf(limitProfiles[endpoint.limitProfile], { usage, requestedOutputTokens: maxOutputTokens }),
  };
}
