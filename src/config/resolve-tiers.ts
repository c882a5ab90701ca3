/** The ladder of one step: tiers whose pools exist and can be used, choices between pools among them. */
import { canonicalJson } from '../contracts/json';
import { modelSizes } from '../contracts/settings';
import type { ModelTierSettings, PoolOption, TierSettings } from '../contracts/settings';
import { batchProblems, batchWarnings, hasUsableBatch } from './batch-endpoints';
import { didYouMean } from './closest';
import type { Problem } from './problems';
import type { KnownPools } from './resolve-pools';
import type { ConfigFile } from './schema';
import type { StepEntry } from './step-schema';
import { isModelEntry } from './tier-schema';
import type { ModelTierEntry, TierEntry } from './tier-schema';

export interface ResolvedTiers {
  readonly tiers: readonly TierSettings[];
  readonly problems: readonly Problem[];
  /** Tiers and options that were left out because no endpoint of their pool can be used. */
  readonly warnings: readonly Problem[];
}

export function resolveTiers(step: string, entry: StepEntry, pools: KnownPools): ResolvedTiers {
  const tiers: TierSettings[] = [];
  const warnings: Problem[] = [];
  const isOut = ({ pool }: { pool: string }) => Object.hasOwn(pools.file.pools, pool) && !pools.usable.has(pool);
  for (const [index, tier] of entry.tiers.entries()) {
    const path = ['steps', step, 'tiers', index];
    if (!isModelEntry(tier)) {
      const left = leftOutOf(path, tier, { pools, isOut });
      if (left === undefined) tiers.push(toOtherTier(tier));
      else warnings.push(left);
      if (left === undefined && 'batch' in tier) warnings.push(...batchWarnings(path, tier.batch, pools));
      continue;
    }
    if (!('choose' in tier)) {
      if (isOut(tier)) warnings.push(leftOut(path, [tier.pool]));
      else tiers.push(toTier(tier, tier));
      continue;
    }
    const options = optionsOf(tier);
    const usable = options.filter((option) => !isOut(option));
    const resolved = choiceOf(tier, usable);
    if (resolved === undefined) {
      warnings.push(leftOut(path, [...new Set(options.map(({ pool }) => pool))]));
      continue;
    }
    tiers.push(resolved);
    for (const { size, pool } of options.filter(isOut)) warnings.push(leftOut([...path, 'pools', size], [pool]));
  }
  return { tiers, problems: tierProblems(step, entry, pools.file), warnings };
}

type OtherEntry = Exclude<TierEntry, ModelTierEntry>;

function toOtherTier(tier: OtherEntry): TierSettings {
  if ('cached' in tier) return { cachedMs: tier.cached };
  if ('template' in tier) return { template: tier.template };
  if ('rule' in tier) return { rule: tier.rule, timeoutMs: tier.timeout };
  if ('batch' in tier) {
    const { within: withinMs, gather: gatherMs, ...rest } = tier;
    return { ...rest, withinMs, gatherMs };
  }
  if ('deferred' in tier) {
    const { within: withinMs, ...rest } = tier;
    return { ...rest, withinMs };
  }
  const { deadline: deadlineMs, remind: remindMs, ...rest } = tier;
  return { ...rest, deadlineMs, ...(remindMs && { remindMs }) };
}

/** Why a tier that asks one pool in a time of its own cannot be used here. */
function leftOutOf(
  path: Problem['path'],
  tier: OtherEntry,
  { pools, isOut }: { readonly pools: KnownPools; readonly isOut: (tier: { pool: string }) => boolean },
): Problem | undefined {
  const [pool] = poolsOf(tier);
  if (pool === undefined) return undefined;
  if (isOut({ pool })) return leftOut(path, [pool]);
  if (!('batch' in tier) || !Object.hasOwn(pools.file.pools, pool) || hasUsableBatch(pool, pools)) return undefined;
  // One that could never be used is a mistake, and told as such.
  if (batchProblems(path, pool, pools.file).length > 0) return undefined;
  return { path, text: `left out: no endpoint of pool "${pool}" that has a batch interface can be used` };
}

/** A tier that calls one pool. */
function toTier({ pool, variant }: Pick<PoolOption, 'pool' | 'variant'>, { needs }: ModelTierEntry): ModelTierSettings {
  return { pool, ...(variant === undefined ? {} : { variant }), ...(needs === undefined ? {} : { needsMs: needs }) };
}

/** Every pool that a tier names. */
export function poolsOf(tier: TierEntry): string[] {
  if ('batch' in tier) return [tier.batch];
  if ('deferred' in tier) return [tier.deferred];
  if (!isModelEntry(tier)) return [];
  return 'choose' in tier ? optionsOf(tier).map(({ pool }) => pool) : [tier.pool];
}

type ChoiceEntry = Extract<TierEntry, { choose: unknown }>;

function optionsOf({ pools }: ChoiceEntry): PoolOption[] {
  return modelSizes.flatMap((size) => (pools[size] === undefined ? [] : [{ size, ...pools[size] }]));
}

/** Nothing to choose from, nothing to choose: one option is an ordinary tier. */
function choiceOf(entry: ChoiceEntry, options: readonly PoolOption[]): ModelTierSettings | undefined {
  const [first, ...others] = options;
  if (first === undefined || others.length === 0) return first && toTier(first, entry);
  const { choose: by, thresholds } = entry;
  return { ...toTier({ pool: first.pool }, entry), choice: { by, options, thresholds } };
}

function leftOut(path: Problem['path'], pools: readonly string[]): Problem {
  const names = pools.map((pool) => `"${pool}"`).join(', ');
  return { path, text: `left out: no endpoint of pool${pools.length > 1 ? 's' : ''} ${names} can be used` };
}

function tierProblems(step: string, entry: StepEntry, { pools, endpoints }: KnownPools['file']): Problem[] {
  const seen = new Set<string>();
  return entry.tiers.flatMap((tier, index) => {
    const path = ['steps', step, 'tiers', index];
    if ('batch' in tier) {
      const unknown = poolProblems([...path, 'batch'], { pool: tier.batch }, pools);
      return unknown.length > 0 ? unknown : batchProblems(path, tier.batch, { pools, endpoints });
    }
    if ('deferred' in tier) return poolProblems([...path, 'deferred'], { pool: tier.deferred }, pools);
    if (!isModelEntry(tier)) return [];
    const unknown = 'choose' in tier ? optionProblems(path, tier, pools) : poolProblems([...path, 'pool'], tier, pools);
    if (unknown.length > 0) return unknown;
    const rung = 'choose' in tier ? canonicalJson({ ...tier, needs: 0 }) : `${tier.pool}/${tier.variant ?? ''}`;
    if (seen.has(rung)) return [{ path, text: 'the same pool and variant as an earlier tier' }];
    seen.add(rung);
    return [];
  });
}

function optionProblems(path: Problem['path'], tier: ChoiceEntry, pools: ConfigFile['pools']): Problem[] {
  const seen = new Set<string>();
  return optionsOf(tier).flatMap(({ size, pool, variant }) => {
    const place = [...path, 'pools', size];
    const problems = poolProblems(place, { pool }, pools);
    const model = `${pool}/${variant ?? ''}`;
    if (seen.has(model)) problems.push({ path: place, text: 'the same pool and variant as a smaller size' });
    seen.add(model);
    return problems;
  });
}

function poolProblems(path: Problem['path'], { pool }: { pool: string }, pools: ConfigFile['pools']): Problem[] {
  if (Object.hasOwn(pools, pool)) return [];
  return [{ path, text: `unknown pool "${pool}"${didYouMean(pool, Object.keys(pools))}` }];
}
