/**
 * What a call will cost, and what it has cost: estimated tokens, corrected by what the model's own answers taught this
 * process, counted as the endpoint's limit profile says.
 */
import type { CapacityCost } from '../contracts/capacity';
import type { ModelRequest } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import type { Usage } from '../contracts/usage';
import { attachmentTokens, measureAttachments, toolPromptTokens } from './estimate-attachments';
import type { Measured } from './estimate-attachments';
import { estimateTokens, loadEncoder } from './estimate-tokens';
import { LearnedOutput } from './learned-output';
import { LearnedRatio } from './learned-ratio';
import { admissionCostOf, limitProfiles, settledCostOf } from './limit-profiles';
import type { LimitProfile } from './limit-profiles';

/** What counts of an endpoint here. */
type Endpoint = Pick<EndpointSettings, 'model' | 'limitProfile' | 'maxOutputTokens'>;

/** Tokens a model counts for each of ours before its answers have said so: other tokenizers are mostly coarser. */
const assumedRatio: Readonly<Record<LimitProfile['tokenizer'], number>> = { o200k: 1, own: 1.1 };

interface Model extends Pick<EndpointSettings, 'model' | 'limitProfile'> {
  readonly ratio: LearnedRatio;
  readonly output: LearnedOutput;
}

interface Counted {
  readonly system: ModelRequest['system'] | undefined;
  readonly output: ModelRequest['output'] | undefined;
  readonly tools: ModelRequest['tools'] | undefined;
  readonly textTokens: number;
  readonly attachments: readonly Measured[];
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
    const { model } = request;
    const known = this.models.get(model) ?? openModel({ model, limitProfile: 'selfHosted' });
    const { textTokens, attachments } = this.count(request);
    return Math.ceil(textTokens * known.ratio.value) + attachmentTokens(attachments, known) + promptOf(request, known);
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
   * Takes in how far the estimate was off. An estimated usage teaches nothing; one with attachments, or with a prompt of
   * the provider's own, nothing about input, as it does not say what of it was our text.
   */
  learn(endpoint: Endpoint, { request, usage }: { readonly request: ModelRequest; readonly usage: Usage }): void {
    if (usage.estimated === true) return;
    const model = this.modelOf(endpoint);
    const { textTokens, attachments } = this.count(request);
    const isAllText = attachments.length === 0 && promptOf(request, model) === 0;
    if (isAllText) model.ratio.learn(textTokens, usage.inputTokens);
    model.output.learn(usage.outputTokens);
  }

  private modelOf(endpoint: Endpoint): Model {
    const model = this.models.get(endpoint.model) ?? openModel(endpoint);
    this.models.set(endpoint.model, model);
    return model;
  }

  private count(request: ModelRequest): Counted {
    const { messages, system, output, tools } = request;
    const known = this.counted.get(messages);
    if (known !== undefined && known.system === system && known.output === output && known.tools === tools)
      return known;
    const attachments = known?.attachments ?? measureAttachments(request);
    const counted: Counted = { system, output, tools, textTokens: estimateTokens(request), attachments };
    this.counted.set(messages, counted);
    return counted;
  }
}

function promptOf({ tools = [] }: ModelRequest, model: Model): number {
  return tools.length === 0 ? 0 : toolPromptTokens(model);
}

function assumedRatioOf({ limitProfile }: Pick<Endpoint, 'limitProfile'>): number {
  return assumedRatio[limitProfiles[limitProfile].tokenizer];
}

function openModel({ model, limitProfile }: Pick<Endpoint, 'model' | 'limitProfile'>): Model {
  return {
    model,
    limitProfile,
    ratio: new LearnedRatio(assumedRatioOf({ limitProfile })),
    output: new LearnedOutput(),
  };
}

/** Providers are never asked for more than the model can produce. */
function requestedOf(endpoint: Endpoint, maxOutputTokens: number): number {
  return Math.min(maxOutputTokens, endpoint.maxOutputTokens);
}
