/**
 * What a call will cost, and what it has cost: estimated tokens, corrected by what the model's own answers taught this
 * process, counted as the endpoint's limit profile says.
 */
import type { CapacityCost } from '../contracts/capacity';
import type { ModelRequest } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import type { Usage } from '../contracts/usage';
import { estimateTokens, loadEncoder } from './estimate-tokens';
import { LearnedOutput } from './learned-output';
import { LearnedRatio } from './learned-ratio';
import { admissionCostOf, limitProfiles, settledCostOf } from './limit-profiles';
import type { LimitProfile } from './limit-profiles';

/** What counts of an endpoint here. */
type Endpoint = Pick<EndpointSettings, 'model' | 'limitProfile' | 'maxOutputTokens'>;

/** Tokens a model counts for each of ours before its answers have said so: other tokenizers are mostly coarser. */
const assumedRatio: Readonly<Record<LimitProfile['tokenizer'], number>> = { o200k: 1, own: 1.1 };

interface Model {
  readonly ratio: LearnedRatio;
  readonly output: LearnedOutput;
}

interface Counted {
  readonly system: ModelRequest['system'] | undefined;
  readonly output: ModelRequest['output'] | undefined;
  readonly tokens: number;
}

/** For the composition root: the tokenizer is loaded now, not within the first step. `endpoints`: all there are. */
export function createCostEstimator(endpoints: Iterable<Endpoint>): CostEstimator {
  loadEncoder();
  return new CostEstimator(endpoints);
}

class CostEstimator {
  private readonly models = new Map<string, Model>();
  /** A request is counted once, however many endpoints it could go to: some milliseconds each. By its messages. */
  private readonly counted = new WeakMap<ModelRequest['messages'], Counted>();

  constructor(endpoints: Iterable<Endpoint>) {
    // A model that is served under two profiles is taken for the one that counts more: the last one opens it anew.
    const byRatio = [...endpoints].sort((a, b) => assumedRatioOf(a) - assumedRatioOf(b));
    for (const endpoint of byRatio) this.models.set(endpoint.model, openModel(endpoint));
  }

  /** Input tokens as the model's provider will count them, rounded up. */
  inputTokens(request: ModelRequest): number {
    const ratio = this.models.get(request.model)?.ratio.value ?? assumedRatio.own;
    return Math.ceil(this.count(request) * ratio);
  }

  /** What the provider charges at admission, and what is expected while it generates. */
  costOf(endpoint: Endpoint, inputTokens: number, maxOutputTokens: number): CapacityCost {
    const requestedOutputTokens = requestedOf(endpoint, maxOutputTokens);
    const expectedOutputTokens = this.modelOf(endpoint).output.expect(requestedOutputTokens);
    const call = { inputTokens, requestedOutputTokens, expectedOutputTokens };
    return admissionCostOf(limitProfiles[endpoint.limitProfile], call);
  }

  /** What the provider has charged once the usage is known. */
  chargedOf(endpoint: Endpoint, usage: Usage, maxOutputTokens: number): CapacityCost {
    const requestedOutputTokens = requestedOf(endpoint, maxOutputTokens);
    return settledCostOf(limitProfiles[endpoint.limitProfile], { usage, requestedOutputTokens });
  }

  /**
   * Takes in how far an estimate was off. `estimatedInputTokens` is what `inputTokens` says of the request, asked
   * right before this: an older answer may hold another ratio. An estimated usage teaches nothing.
   */
  learn(endpoint: Endpoint, seen: { readonly estimatedInputTokens: number; readonly usage: Usage }): void {
    const { estimatedInputTokens, usage } = seen;
    if (usage.estimated === true) return;
    const { ratio, output } = this.modelOf(endpoint);
    ratio.learn(estimatedInputTokens / ratio.value, usage.inputTokens);
    output.learn(usage.outputTokens);
  }

  private modelOf(endpoint: Endpoint): Model {
    const model = this.models.get(endpoint.model) ?? openModel(endpoint);
    this.models.set(endpoint.model, model);
    return model;
  }

  private count(request: ModelRequest): number {
    const { messages, system, output } = request;
    const known = this.counted.get(messages);
    if (known !== undefined && known.system === system && known.output === output) return known.tokens;
    const tokens = estimateTokens(request);
    this.counted.set(messages, { system, output, tokens });
    return tokens;
  }
}

function assumedRatioOf({ limitProfile }: Endpoint): number {
  return assumedRatio[limitProfiles[limitProfile].tokenizer];
}

function openModel(endpoint: Endpoint): Model {
  return { ratio: new LearnedRatio(assumedRatioOf(endpoint)), output: new LearnedOutput() };
}

/** Providers are never asked for more than the model can produce. */
function requestedOf(endpoint: Endpoint, maxOutputTokens: number): number {
  return Math.min(maxOutputTokens, endpoint.maxOutputTokens);
}
