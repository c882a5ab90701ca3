import { askedPoolsOf } from '../contracts/settings';
import type { StepSettings, TierSettings, Timeouts } from '../contracts/settings';
import type { Problem } from './problems';
import type { ResolvedEndpoints } from './resolve-endpoints';
import type { ResolvedPools } from './resolve-pools';
import { poolsOf, resolveTiers } from './resolve-tiers';
import type { ConfigFile } from './schema';
import type { StepEntry } from './step-schema';
import type { TierEntry } from './tier-schema';

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
    const ladder = resolveTiers(name, entry, { file, usable: pools });
    const { tiers } = ladder;
    const background = backgroundNotes(name, entry, { file, leftOut: endpoints.leftOut });
    problems.push(...timeoutProblems(['steps', name], entry, { timeouts, journalTtlMs: file.journal.ttl }));
    problems.push(...ladder.problems, ...moveProblems(name, entry), ...background.problems);
    warnings.push(...ladder.warnings, ...background.warnings);
    if (!tiers.some((tier) => askedPoolsOf(tier).length > 0))
      problems.push(noTierProblem(name, entry, { file, leftOut: endpoints.leftOut }));
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

export function timeoutsOf(
  { timeouts }: Pick<StepEntry, 'timeouts'>,
  defaults: ConfigFile['defaults']['timeouts'],
): Timeouts {
  return {
    connectMs: timeouts.connect ?? defaults.connect,
    firstTokenMs: timeouts.firstToken ?? defaults.firstToken,
    idleMs: timeouts.idle ?? defaults.idle,
    callMs: timeouts.call ?? defaults.call,
    stepMs: timeouts.step ?? defaults.step,
  };
}

interface Bounds {
  readonly timeouts: Timeouts;
  readonly journalTtlMs: number;
}

/** A timer longer than the one around it never fires, which nobody means who writes it. */
export function timeoutProblems(
  of: Problem['path'],
  entry: Pick<StepEntry, 'tiers'>,
  { timeouts, journalTtlMs }: Bounds,
): Problem[] {
  const { connectMs, firstTokenMs, idleMs, callMs, stepMs } = timeouts;
  const ofCall = { words: 'the call timeout', ms: callMs };
  const ofStep = { words: 'the step timeout', ms: stepMs };
  const pairs = [
    { path: ['timeouts', 'connect'], innerMs: connectMs, outer: ofCall },
    { path: ['timeouts', 'firstToken'], innerMs: firstTokenMs, outer: ofCall },
    { path: ['timeouts', 'idle'], innerMs: idleMs, outer: ofCall },
    { path: ['timeouts', 'call'], innerMs: callMs, outer: ofStep },
    // Past it an answer is forgotten that the step has paid for, and would be bought again.
    { path: ['timeouts', 'step'], innerMs: stepMs, outer: { words: 'journal.ttl', ms: journalTtlMs } },
    ...entry.tiers.flatMap((tier, index) => tierBounds(tier, ['tiers', index], { ofStep, journalTtlMs })),
  ];
  return pairs
    .filter(({ innerMs, outer }) => innerMs > outer.ms)
    .map(({ path, innerMs, outer: { words, ms } }) => ({
      path: [...of, ...path],
      text: `expected at most ${words} (${ms / 1000}s), received ${innerMs / 1000}s`,
    }));
}

interface Bound {
  readonly path: readonly (string | number)[];
  readonly innerMs: number;
  readonly outer: { readonly words: string; readonly ms: number };
}

function tierBounds(
  tier: TierEntry,
  path: Bound['path'],
  { ofStep, journalTtlMs }: { readonly ofStep: Bound['outer']; readonly journalTtlMs: number },
): Bound[] {
  if ('human' in tier) {
    const outer = { words: 'the deadline', ms: tier.deadline };
    return (tier.remind ?? []).map((innerMs, at) => ({ path: [...path, 'remind', at], innerMs, outer }));
  }
  if (!('within' in tier))
    return [{ path: [...path, 'needs'], innerMs: ('needs' in tier && tier.needs) || 0, outer: ofStep }];
  const bounds = [
    { path: [...path, 'within'], innerMs: tier.within, outer: { words: 'journal.ttl', ms: journalTtlMs } },
  ];
  if (!('gather' in tier)) return bounds;
  return [...bounds, { path: [...path, 'gather'], innerMs: tier.gather, outer: { words: 'within', ms: tier.within } }];
}

/** A step only goes down: a move to a kind of tier that never comes would be a failure in disguise. */
function moveProblems(step: string, { onFailure = {}, tiers }: StepEntry): Problem[] {
  return Object.entries(onFailure).flatMap(([failure, move]): Problem[] => {
    if (move === 'next' || move === 'fail') return [];
    if (tiers.some((tier, index) => index > 0 && move in tier)) return [];
    const isFirst = tiers[0] !== undefined && move in tiers[0];
    const text = isFirst
      ? `the ${move} tier is the first one, and a step never goes back up; expected one further down`
      : `there is no ${move} tier to go to; add one, or say next or fail`;
    return [{ path: ['steps', step, 'onFailure', failure], text }];
  });
}

interface StepContext {
  readonly file: ConfigFile;
  readonly leftOut: ResolvedEndpoints['leftOut'];
}

/** Only OpenAI's Responses go on without us: elsewhere `background` would promise what nobody keeps. */
function backgroundNotes(
  step: string,
  entry: StepEntry,
  { file, leftOut }: StepContext,
): Pick<ResolvedSteps, 'problems' | 'warnings'> {
  const able = endpointsOf(entry, file).filter((endpoint) => file.endpoints[endpoint]?.api === 'responses');
  if (entry.background !== true || able.some((endpoint) => !leftOut.has(endpoint)))
    return { problems: [], warnings: [] };
  const path = ['steps', step, 'background'];
  if (able.length > 0) {
    const text = `without effect: no endpoint with "api: responses" can be used (${able.join(', ')})`;
    return { problems: [], warnings: [{ path, text }] };
  }
  return {
    problems: [{ path, text: 'expected an endpoint with "api: responses" in a pool of its tiers' }],
    warnings: [],
  };
}

function endpointsOf(entry: StepEntry, { pools }: ConfigFile): string[] {
  return [...new Set(entry.tiers.flatMap(poolsOf).flatMap((pool) => pools[pool]?.endpoints ?? []))];
}

function noTierProblem(step: string, entry: StepEntry, { file, leftOut }: StepContext): Problem {
  const ways = endpointsOf(entry, file).flatMap((endpoint) => {
    const variables = leftOut.get(endpoint);
    return variables === undefined ? [] : [`${variables.join(' and ')} (${endpoint})`];
  });
  return { path: ['steps', step, 'tiers'], text: `no tier can be used; set ${ways.join(', or ')}` };
}
