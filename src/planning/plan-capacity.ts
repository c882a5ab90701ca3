/** Which quota binds, how long a load takes, what it costs, and what one more region would give. Pure. */
import { costUsd } from '../contracts/usage';
import { withCopy, largestEndpoint } from './one-more-region';
import { notesOf } from './notes';
import type { EndpointPlan, PipelinePlan, Plan, PlanInput, RegionGain } from './plan';
import { solve } from './solve';
import type { Solution } from './solve';

const minutesPerHour = 60;
const secondsPerHour = 3_600;
/** Rounding must not make a load of exactly what fits into one that does not. */
const almost = 1e-9;

/**
 * Throws `Config.Invalid` for a pool that does not exist, `Capacity.RequestTooLarge` for a call that no endpoint of its
 * pool could ever take.
 */
export function planCapacity(asked: PlanInput): Plan {
  const outline = outlineOf(asked);
  const { input, solved } = outline;
  const served = Math.min(1, solved.scale);
  return {
    isBacklog: isBacklog(asked),
    isSustainable: solved.scale >= 1 - almost,
    binding: solved.binding,
    pipelines: outline.pipelines,
    endpoints: endpointPlans(input, solved),
    costUsdPerHour: sum(outline.pipelines.map(({ perHour, costUsdPerRun }) => perHour * served * costUsdPerRun)),
    oneMoreRegion: oneMoreRegion(asked, outline),
    notes: notesOf(input, solved),
  };
}

interface Outline {
  /** With runs per hour for every pipeline. */
  readonly input: PlanInput;
  readonly solved: Solution;
  readonly pipelines: readonly PipelinePlan[];
}

function outlineOf(asked: PlanInput): Outline {
  const input = isBacklog(asked) ? atOnce(asked) : asked;
  const solved = isBacklog(asked) ? solveJob(input) : solve(input);
  return { input, solved, pipelines: pipelinePlans(input, solved) };
}

function isBacklog({ pipelines }: PlanInput): boolean {
  return pipelines.some(({ perHour }) => perHour === undefined);
}

/** Where only `count` is known, all runs are there from the beginning: they go as fast as the quotas allow. */
function atOnce(input: PlanInput): PlanInput {
  const inAnHour = input.pipelines.map((one) => ({ ...one, perHour: countOf(one) }));
  const { scale } = solveJob({ ...input, pipelines: inAnHour });
  const speed = scale === Infinity ? 1 : scale;
  return { ...input, pipelines: inAnHour.map((one) => ({ ...one, perHour: one.perHour * speed })) };
}

/** Quotas per day slow a job down only when it does not fit into one day's. */
function solveJob(input: PlanInput): Solution {
  const fast = solve(input, { withDaily: false });
  const callsOf = new Map<string, number>();
  for (const [index, { pipeline, call, routes, callsPerMinute }] of fast.flows.entries()) {
    const count = countOf(input.pipelines[pipeline] ?? {});
    for (const [route, { quotaGroup }] of routes.entries()) {
      const share = callsPerMinute > 0 ? (fast.spread[index]?.[route] ?? 0) / callsPerMinute : 0;
      callsOf.set(quotaGroup, (callsOf.get(quotaGroup) ?? 0) + count * call.calls * share);
    }
  }
  const endpoints = fast.flows.flatMap(({ routes }) => routes.flatMap((route) => route.endpoints));
  const fitsADay = endpoints.every(
    ({ quotaGroup, limits }) => (callsOf.get(quotaGroup) ?? 0) <= (limits.rpd ?? Infinity),
  );
  return fitsADay ? fast : solve(input);
}

function pipelinePlans(input: PlanInput, solved: Solution): PipelinePlan[] {
  const { scale } = solved;
  const finish = solveJob(input).scale;
  return input.pipelines.map((pipeline, index) => {
    const { name, perHour = 0, calls } = pipeline;
    const count = countOf(pipeline);
    const startHours = perHour > 0 ? count / (perHour * Math.min(1, finish)) : 0;
    const lastCallSeconds = Math.max(0, ...calls.map(({ seconds = 0 }) => seconds));
    return {
      name,
      perHour,
      count,
      maxPerHour: scale === Infinity ? null : perHour * scale,
      hoursToFinish: startHours + lastCallSeconds / secondsPerHour,
      costUsdPerRun: costPerRun(solved, index),
    };
  });
}

function countOf({ count, perHour = 0 }: { readonly count?: number; readonly perHour?: number }): number {
  return count ?? perHour;
}

function endpointPlans({ pools, endpoints }: PlanInput, { flows, spread, uses }: Solution): EndpointPlan[] {
  const used = [...new Set(flows.map(({ call }) => call.pool))];
  return used.flatMap((pool) =>
    (pools[pool]?.endpoints ?? []).map((endpoint): EndpointPlan => {
      const quotaGroup = endpoints[endpoint]?.quotaGroup ?? endpoint;
      const rates = flows.flatMap(({ call, routes }, index) =>
        call.pool !== pool
          ? []
          : routes.map((route, at) => {
              const isOn = route.endpoints.some(({ name }) => name === endpoint);
              return isOn ? (spread[index]?.[at] ?? 0) / route.endpoints.length : 0;
            }),
      );
      const callsPerHour = sum(rates) * minutesPerHour;
      return { pool, endpoint, quotaGroup, callsPerHour, dimensions: uses.get(quotaGroup) ?? [] };
    }),
  );
}

/** By list price of what is used, over the endpoints as the calls are spread. */
function costPerRun({ flows, spread }: Solution, pipeline: number): number {
  return sum(
    flows.map((flow, index) => {
      if (flow.pipeline !== pipeline) return 0;
      const { inputTokens, outputTokens, calls } = flow.call;
      const usd = flow.routes.map(({ endpoints }, route) => {
        const each =
          sum(endpoints.map(({ price }) => costUsd({ inputTokens, outputTokens }, price))) / endpoints.length;
        const rate = spread[index]?.[route] ?? 0;
        return each * (flow.callsPerMinute > 0 ? rate / flow.callsPerMinute : 0);
      });
      return calls * sum(usd);
    }),
  );
}

/** A copy of the largest endpoint of the first pool that is held up, with a quota of its own. */
function oneMoreRegion(asked: PlanInput, { input, solved }: Outline): RegionGain | null {
  const pool = solved.binding?.pools[0];
  const copyOf = pool === undefined ? undefined : largestEndpoint(input, pool);
  if (pool === undefined || copyOf === undefined) return null;
  const wider = outlineOf(withCopy(asked, pool, copyOf));
  const pipelines = wider.pipelines.map(({ name, maxPerHour, hoursToFinish }) => ({ name, maxPerHour, hoursToFinish }));
  return { pool, copyOf, binding: wider.solved.binding, pipelines };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
