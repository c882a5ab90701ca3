/** Everything activities need from the outside, as interfaces. `workers/` constructs it once per process. */
import type { CapacityCost } from '../contracts/capacity';
import type { ModelRequest } from '../contracts/model';
import type { EndpointSettings, ProviderName, Settings } from '../contracts/settings';
import type { Usage } from '../contracts/usage';
import type { CapacityStore } from '../capacity/store';
import type { Journal } from '../journal/journal';
import type { PromptLibrary } from '../prompts/library';
import type { Provider } from '../providers/provider';
import type { SchemaRegistry } from '../schemas/registry';

/** Named points between two effects, where a test may kill the process. See CONTRIBUTING, Tests. */
export const crashPoints = [
  'afterOpen',
  'beforeCall',
  'inFlight',
  'beforeJournal',
  'beforeSettle',
  'afterSettle',
  'beforeEffect',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

export interface CostEstimator {
  /** Input tokens of a request as the provider will count them, rounded up. */
  inputTokens(request: ModelRequest): number;
  /** What the provider charges at admission. */
  costOf(provider: ProviderName, inputTokens: number, maxOutputTokens: number): CapacityCost;
  /** What the provider has charged once the usage is known. */
  chargedTokensOf(provider: ProviderName, usage: Usage, maxOutputTokens: number): number;
}

export interface ActivityDependencies {
  readonly settings: Settings;
  readonly prompts: PromptLibrary;
  readonly schemas: SchemaRegistry;
  readonly store: CapacityStore;
  readonly journal: Journal;
  readonly estimator: CostEstimator;
  providerOf(endpoint: EndpointSettings): Provider;
  /** Does nothing in production. */
  crashPoint(point: CrashPoint): void;
  /** Uniform in [0, 1): jitter. */
  random(): number;
  /** Identity of this process: a grant received here needs no confirmation here. */
  readonly process: string;
}
