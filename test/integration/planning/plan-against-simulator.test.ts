/** What the planner says against what happens: the engine's starts, judged by limiters that know nothing of either. */
import { requestGapMsOf } from '../../../src/capacity/pacing';
import { limitProfiles, settledCostOf } from '../../../src/capacity/limit-profiles';
import type { EndpointSettings, Limits } from '../../../src/contracts/settings';
import { planCapacity } from '../../../src/planning';
import type { Plan, PlannedCall } from '../../../src/planning';
import { capacitySettings, useCapacity } from '../capacity/open-capacity';
import { runJob } from './simulated-job';

const capacity = useCapacity();

function endpoint(name: string, limits: Limits, provider: 'openai' | 'anthropic' = 'openai'): EndpointSettings {
  return {
    name,
    provider,
    model: 'm',
    apiKeyEnv: 'KEY',
    quotaGroup: name,
    limits,
    limitProfile: provider,
    weight: 1,
    price: { input: 1, output: 10 },
    contextWindow: 400_000,
    maxOutputTokens: 100_000,
  };
}

const section: PlannedCall = {
  name: 'section',
  pool: 'pool',
  calls: 4,
  inputTokens: 1_800,
  outputTokens: 900,
  maxOutputTokens: 1_200,
  seconds: 6,
};
const outline: PlannedCall = {
  name: 'outline',
  pool: 'pool',
  calls: 1,
  inputTokens: 600,
  outputTokens: 200,
  maxOutputTokens: 400,
  seconds: 2,
};
const wide = { rpm: 600, tpm: 600_000, concurrency: 60 };

interface Shape {
  readonly endpoints: readonly EndpointSettings[];
  /** Runs, of five calls each. */
  readonly count: number;
  readonly binds: readonly string[];
}

const shapes: readonly Shape[] = [
  { endpoints: [endpoint('east', { ...wide, tpm: 90_000 })], count: 150, binds: ['tpm on east'] },
  { endpoints: [endpoint('east', { ...wide, rpm: 120 })], count: 250, binds: ['rpm on east'] },
  { endpoints: [endpoint('east', { ...wide, concurrency: 8 })], count: 100, binds: ['concurrency on east'] },
  {
    endpoints: [endpoint('east', { ...wide, tpm: 90_000 }), endpoint('west', { ...wide, tpm: 60_000 })],
    count: 220,
    binds: ['tpm on east', 'tpm on west'],
  },
  {
    endpoints: [endpoint('east', { ...wide, tpm: 90_000 }), endpoint('west', { ...wide, rpm: 30 })],
    count: 220,
    binds: ['tpm on east', 'rpm on west'],
  },
];

const withinShare = 0.03;

const planOf = ({ endpoints, count }: Pick<Shape, 'endpoints' | 'count'>): Plan =>
  planCapacity({
    pipelines: [{ name: 'job', count, calls: [outline, section] }],
    endpoints: Object.fromEntries(endpoints.map((one) => [one.name, one])),
    pools: {
      pool: { name: 'pool', endpoints: endpoints.map(({ name }) => name), route: { by: 'headroom', spillAfterMs: 0 } },
    },
    requestsPerMinute: (limits) => 60_000 / requestGapMsOf(limits, capacitySettings.jitterMs),
    chargeOf: ({ limitProfile }, { inputTokens, outputTokens, maxOutputTokens }) =>
      settledCostOf(limitProfiles[limitProfile], {
        usage: { inputTokens, outputTokens },
        requestedOutputTokens: maxOutputTokens,
      }),
  });

const callsOf = (count: number): PlannedCall[] =>
  Array.from({ length: count }, () => [outline, ...Array<PlannedCall>(section.calls).fill(section)]).flat();

describe('planCapacity against the engine and the simulator', () => {
  test.each(shapes)('$binds: time to finish within 3 %, and what holds the calls up', async (shape) => {
    const { endpoints, count, binds } = shape;
    const plan = planOf(shape);
    const outcome = await runJob(capacity.current, { endpoints, calls: callsOf(count) });

    expect(outcome.rateLimited).toBe(0);
    const share = outcome.hours / (plan.pipelines[0]?.hoursToFinish ?? 0);
    expect(share).toBeGreaterThan(1 - withinShare);
    expect(share).toBeLessThan(1 + withinShare);
    expect(plan.binding?.quotas.map(({ dimension, quotaGroup }) => `${dimension} on ${quotaGroup}`)).toEqual(binds);
    expect(binds).toContain(outcome.heldUpBy);
  });

  test('one more region gives what the plan says', async () => {
    const east = endpoint('east', { ...wide, tpm: 60_000 });
    const { oneMoreRegion } = planOf({ endpoints: [east], count: 150 });
    const endpoints = [east, { ...east, name: 'east-2', quotaGroup: 'east-2' }];
    const outcome = await runJob(capacity.current, { endpoints, calls: callsOf(150) });
    const share = outcome.hours / (oneMoreRegion?.pipelines[0]?.hoursToFinish ?? 0);
    expect(share).toBeGreaterThan(1 - withinShare);
    expect(share).toBeLessThan(1 + withinShare);
  });

  test('output tokens counted apart: no later than predicted, and less than a quarter sooner', async () => {
    const shape = {
      endpoints: [endpoint('claude', { rpm: 600, inputTpm: 100_000, outputTpm: 16_000 }, 'anthropic')],
      count: 60,
    };
    const { pipelines, binding } = planOf(shape);
    const outcome = await runJob(capacity.current, { endpoints: shape.endpoints, calls: callsOf(shape.count) });

    expect(binding?.quotas).toEqual([{ quotaGroup: 'claude', dimension: 'outputTpm' }]);
    expect(outcome).toMatchObject({ rateLimited: 0, heldUpBy: 'outputTpm on claude' });
    const share = outcome.hours / (pipelines[0]?.hoursToFinish ?? 0);
    expect(share).toBeGreaterThan(0.75);
    expect(share).toBeLessThan(1 + withinShare);
  });
});
