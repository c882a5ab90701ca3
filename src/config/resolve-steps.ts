import type { StepSettings, TierSettings, Timeouts } from '../contracts/settings';
import type { Problem } from './problems';
import type { ResolvedEndpoints } from './resolve-endpoints';
import type { ResolvedPools } from './resolve-pools';
import { poolsOf, resolveTiers } from './resolve-tiers';
import type { ConfigFile, StepEntry } from './schema';

export interface ResolvedSteps {
  readonly steps: ReadonlyMap<string, StepSettings>;
  readonly problems: readonly Problem[];
  /** What was left out because no endpoint of its pool can be used. */
  readonly warnings: readonly Problem[];
}

export function resolveSteps(file: ConfigFile, endpoints: ResolvedEndpoints, { pools }: ResolvedPools): ResolvedSteps {
  const steps = new Map<string, StepSettings>();
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const [name, entry] of Object.entries(file.steps)) {
    const timeouts = timeoutsOf(entry, file.defaults.timeouts);
    const ladder = resolveTiers(name, entry, { declared: file.pools, usable: pools });
    const { tiers } = ladder;
    problems.push(...timeoutProblems(name, timeouts), ...ladder.problems);
    warnings.push(...ladder.warnings);
    if (tiers.length === 0)
      problems.push(noTierProblem(name, entry, { pools: file.pools, leftOut: endpoints.leftOut }));
    steps.set(name, toSettings({ name, entry, timeouts, tiers, file }));
  }
  return { steps, problems, warnings };
}

interface StepParts {
  readonly name: string;
  readonly entry: StepEntry;
  readonly timeouts: Timeouts;
  readonly tiers: readonly TierSettings[];
  readonly file: ConfigFile;
}

function toSettings({ name, entry, timeouts, tiers, file }: StepParts): StepSettings {
  const { maximumAttempts = file.defaults.maximumAttempts[entry.lane], ...rest } = entry;
  return { ...rest, name, timeouts, maximumAttempts, tiers };
}

function timeoutsOf({ timeouts }: StepEntry, defaults: ConfigFile['defaults']['timeouts']): Timeouts {
  return {
    connectMs: timeouts.connect ?? defaults.connect,
    firstTokenMs: timeouts.firstToken ?? defaults.firstToken,
    idleMs: timeouts.idle ?? defaults.idle,
    callMs: timeouts.call ?? defaults.call,
    stepMs: timeouts.step ?? defaults.step,
  };
}

/** A timer longer than the one around it never fires, which nobody means who writes it. */
function timeoutProblems(step: string, timeouts: Timeouts): Problem[] {
  const { connectMs, firstTokenMs, idleMs, callMs, stepMs } = timeouts;
  const pairs = [
    { inner: 'connect', innerMs: connectMs, outer: 'call', outerMs: callMs },
    { inner: 'firstToken', innerMs: firstTokenMs, outer: 'call', outerMs: callMs },
    { inner: 'idle', innerMs: idleMs, outer: 'call', outerMs: callMs },
    { inner: 'call', innerMs: callMs, outer: 'step', outerMs: stepMs },
  ];
  return pairs
    .filter(({ innerMs, outerMs }) => innerMs > outerMs)
    .map(({ inner, innerMs, outer, outerMs }) => ({
      path: ['steps', step, 'timeouts', inner],
      text: `expected at most the ${outer} timeout (${outerMs / 1000}s), received ${innerMs / 1000}s`,
    }));
}

function noTierProblem(
  step: string,
  entry: StepEntry,
  { pools, leftOut }: { pools: ConfigFile['pools']; leftOut: ResolvedEndpoints['leftOut'] },
): Problem {
  const endpoints = new Set(entry.tiers.flatMap(poolsOf).flatMap((pool) => pools[pool]?.endpoints ?? []));
  const ways = [...endpoints].map((endpoint) => `${leftOut.get(endpoint)?.join(' and ')} (${endpoint})`);
  return { path: ['steps', step, 'tiers'], text: `no tier can be used; set ${ways.join(', or ')}` };
}
