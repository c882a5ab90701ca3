/** Everything activities need from the outside, as interfaces. `workers/` constructs it once per process. */
import type { CapacityCost } from '../contracts/capacity';
import type { ModelRequest } from '../contracts/model';
import type { EndpointSettings, Settings } from '../contracts/settings';
import type { SizeLimits } from '../contracts/size-limits';
import type { Usage } from '../contracts/usage';
import type { CapacityStore } from '../capacity/store';
import type { AnswerCache } from '../journal/answer-cache';
import type { BudgetStore } from '../journal/budgets';
import type { DegradedFlags } from '../journal/degraded-flags';
import type { Journal } from '../journal/journal';
import type { OverloadBoard } from '../journal/overload-board';
import type { StreamLog } from '../journal/stream-log';
import type { PromptLibrary } from '../prompts/library';
import type { Provider } from '../providers/provider';
import type { SchemaRegistry } from '../schemas/registry';

/** Named points between two effects, where a test may kill the process. See CONTRIBUTING, Tests. */
export const crashPoints = [
  'afterOpen',
  'beforeCall',
  'afterResumable',
  'inFlight',
  'beforeJournal',
  'beforeSettle',
  'afterSettle',
  'beforeEffect',
  'beforeBatch',
  'afterBatchAccepted',
  'duringCollect',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

export interface CostEstimator {
  /** Input tokens of a request as the model's provider will count them, rounded up: the tokenizer, corrected by what was learned. */
  inputTokens(request: ModelRequest): number;
  /** What the provider charges: at admission, and what is expected while it generates. */
  costOf(endpoint: EndpointSettings, inputTokens: number, maxOutputTokens: number): CapacityCost;
  /** What the provider has charged once the usage is known. */
  chargedOf(endpoint: EndpointSettings, usage: Usage, maxOutputTokens: number): CapacityCost;
  /** Takes in how far the estimate of an answered request was off. */
  learn(endpoint: EndpointSettings, seen: { readonly request: ModelRequest; readonly usage: Usage }): void;
}

export interface ActivityDependencies {
  readonly settings: Settings;
  /** What variables and answers may have: more where large ones go by reference. */
  readonly sizeLimits: SizeLimits;
  readonly prompts: PromptLibrary;
  readonly schemas: SchemaRegistry;
  readonly store: CapacityStore;
  readonly journal: Journal;
  readonly budgets: BudgetStore;
  readonly answers: AnswerCache;
  readonly streams: StreamLog;
  readonly overloads: Pick<OverloadBoard, 'post'>;
  readonly degraded: Pick<DegradedFlags, 'read'>;
  readonly estimator: CostEstimator;
  providerOf(endpoint: EndpointSettings): Provider;
  /** Does nothing in production. */
  crashPoint(point: CrashPoint): void;
  /** Uniform in [0, 1): jitter. */
  random(): number;
  /** The server knows Holdfast's search attributes. Default false. */
  readonly searchable?: boolean;
  /** Identity of this process: a grant received here needs no confirmation here. */
  readonly process: string;
}
