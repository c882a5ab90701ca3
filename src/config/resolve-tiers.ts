/** The ladder of one step: tiers whose pools exist and can be used, choices between pools among them. */
import { canonicalJson } from '../contracts/json';
import { modelSizes } from '../contracts/settings';
import type { ModelTierSettings, PoolOption, TierSettings } from '../contracts/settings';
import { didYouMean } from './closest';
import type { Problem } from './problems';
import type { ConfigFile } from './schema';
import { isModelEntry } from './step-schema';
import type { ModelTierEntry, StepEntry, TierEntry } from './step-schema';

export interface ResolvedTiers {
  readonly tiers: readonly TierSettings[];
  readonly problems: readonly Problem[];
  /** Tiers and options that were left out because no endpoint of their pool can be used. */
  readonly warnings: readonly Problem[];
}

interface KnownPools {
  readonly declared: ConfigFile['pools'];
  /** Those that have an endpoint left. */
  readonly usable: { has(pool: string): boolean };
}

export function resolveTiers(step: string, entry: StepEntry, pools: KnownPools): ResolvedTiers {
  const tiers: TierSettings[] = [];
  const warnings: Problem[] = [];
  for (const [index, tier] of entry.tiers.entries()) {
    const path = ['steps', step, 'tiers', index];
    const isOut = ({ pool }: { pool: string }) => Object.hasOwn(pools.declared, pool) && !pools.usable.has(pool);
    if (!isModelEntry(tier)) {
      tiers.push(toInlineTier(tier));
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
  return { tiers, problems: tierProblems(step, entry, pools.declared), warnings };
}

/** A tier that calls no model. */
function toInlineTier(tier: Exclude<TierEntry, ModelTierEntry>): TierSettings {
  if ('cached' in tier) return { cachedMs: tier.cached };
  return 'template' in tier ? { template: tier.template } : { rule: tier.rule, timeoutMs: tier.timeout };
}

/** A tier that calls one pool. */
function toTier({ pool, variant }: Pick<PoolOption, 'pool' | 'variant'>, { needs }: ModelTierEntry): ModelTierSettings {
  return { pool, ...(variant === undefined ? {} : { variant }), ...(needs === undefined ? {} : { needsMs: needs }) };
}

/** Every pool that a tier names. */
export function poolsOf(tier: TierEntry): string[] {
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

function tierProblems(step: string, entry: StepEntry, pools: ConfigFile['pools']): Problem[] {
  const seen = new Set<string>();
  return entry.tiers.flatMap((tier, index) => {
    if (!isModelEntry(tier)) return [];
    const path = ['steps', step, 'tiers', index];
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
