/** Endpoints, pools and calls as plans take them. */
import type { EndpointSettings, Limits } from '../../../src/contracts/settings';
import { planCapacity } from '../../../src/planning';
import type { Plan, PlannedCall, PlannedPipeline, PlanInput } from '../../../src/planning';

export function endpoint(name: string, limits: Limits, changes: Partial<EndpointSettings> = {}): EndpointSettings {
  return {
    name,
    provider: 'openai',
    model: 'gpt-5',
    apiKeyEnv: 'KEY',
    quotaGroup: name,
    limits,
    limitProfile: 'openai',
    weight: 1,
    price: { input: 1, output: 10 },
    contextWindow: 100_000,
    maxOutputTokens: 10_000,
    ...changes,
  };
}

/** 1,000 tokens of input and 500 of 1,000 asked for: 2,000 against tpm, $0.006. */
export function call(changes: Partial<PlannedCall> = {}): PlannedCall {
  return {
    name: 'write',
    pool: 'pool',
    calls: 1,
    inputTokens: 1_000,
    outputTokens: 500,
    maxOutputTokens: 1_000,
    ...changes,
  };
}

export function pipeline(changes: Partial<PlannedPipeline> = {}): PlannedPipeline {
  return { name: 'report', calls: [call()], ...changes };
}

export interface Load {
  readonly endpoints: readonly EndpointSettings[];
  /** Names of endpoints by pool. Default: `pool` with all of them. */
  readonly pools?: Readonly<Record<string, readonly string[]>>;
  readonly pipelines: readonly PlannedPipeline[];
}

/** Pacing costs a tenth of a limit on requests; input and requested output count against tpm, the answer against outputTpm. */
export function planOf({ endpoints, pools, pipelines }: Load, changes: Partial<PlanInput> = {}): Plan {
  const members = pools ?? { pool: endpoints.map(({ name }) => name) };
  return planCapacity({
    pipelines,
    endpoints: Object.fromEntries(endpoints.map((one) => [one.name, one])),
    pools: Object.fromEntries(
      Object.entries(members).map(([name, names]) => [
        name,
        { name, endpoints: names, route: { by: 'headroom', spillAfterMs: 0 } },
      ]),
    ),
    requestsPerMinute: ({ rpm = 0 }) => rpm * 0.9,
    chargeOf: (_, { inputTokens, outputTokens, maxOutputTokens }) => ({
      tokens: inputTokens + maxOutputTokens,
      inputTokens,
      outputTokens,
    }),
    ...changes,
  });
}
