/** The form of one rung of a ladder, and of the whole. */
import { z } from 'zod';
import { modelSizes, notifyChannels, tellChannels } from '../contracts/settings';
import type { JsonValue } from '../contracts/json';
import { defaults } from './defaults';
import { duration } from './duration';
import { eitherForm, isText, label, oneOf, section, share, text, variant } from './schema-parts';

const needs = { needs: duration.exactOptional() };
const poolAndVariant = { pool: label, variant: variant.exactOptional() };
const option = eitherForm(isText, {
  short: label.transform((name) => ({ pool: name })),
  long: section(poolAndVariant),
});

const choice = section({
  choose: oneOf(['capability', 'cost', 'latency', 'learned']),
  pools: section({
    small: option.exactOptional(),
    standard: option.exactOptional(),
    extended: option.exactOptional(),
  }).refine((declared) => Object.keys(declared).length > 1, {
    error: `expected the pools of at least two of ${modelSizes.join(', ')}`,
  }),
  thresholds: section({
    standard: share.default(defaults.thresholds.standard),
    extended: share.default(defaults.thresholds.extended),
  })
    .refine(({ standard, extended }) => standard <= extended, {
      error: 'expected the threshold of standard to be at most that of extended',
    })
    .prefault({}),
  ...needs,
});

const hasKey = (value: unknown, ...keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.some((key) => key in value);

/** Written in the file as it is to be given: text, or whatever the step's schema takes. */
export const answer = z
  .json({ error: "expected text or a value of the step's schema" })
  .transform((value) => value as JsonValue);

const modelTier = eitherForm((value) => !hasKey(value, 'choose', 'pools'), {
  short: section({ ...poolAndVariant, ...needs }),
  long: choice,
});

/** All tiers that ask no pool at once, by the key that tells them apart. */
const otherTiers = {
  cached: section({ cached: duration }),
  template: section({ template: answer }),
  rule: section({
    rule: text(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'the name of an activity'),
    timeout: duration.prefault(defaults.ruleTimeout),
  }),
  batch: section({
    batch: label,
    variant: variant.exactOptional(),
    within: duration,
    gather: duration.prefault(defaults.gather),
  }),
  deferred: section({
    deferred: label,
    variant: variant.exactOptional(),
    within: duration,
    tell: channels(tellChannels).exactOptional(),
  }),
  human: section({
    human: label,
    deadline: duration,
    remind: z.array(duration, { error: 'expected a list of times before the deadline, such as [1d]' }).exactOptional(),
    notify: channels(notifyChannels).exactOptional(),
    title: text(/^[^\n\r]{1,200}$/, 'one line of 1 to 200 characters').exactOptional(),
  }).refine(({ remind, notify }) => remind === undefined || notify !== undefined, {
    path: ['remind'],
    error: 'expected together with notify, the channels that tell people',
  }),
} as const;
type OtherTiers = typeof otherTiers;
type OtherKey = keyof OtherTiers;

const tier = z.unknown().transform((value, context): z.output<OtherTiers[OtherKey]> | z.output<typeof modelTier> => {
  const key = (Object.keys(otherTiers) as OtherKey[]).find((own) => hasKey(value, own));
  const isModel = key === undefined || hasKey(value, 'pool', 'choose', 'pools');
  const checked = (isModel ? modelTier : otherTiers[key]).safeParse(value, { reportInput: true });
  if (checked.success) return checked.data;
  context.issues.push(...(checked.error.issues as z.core.$ZodRawIssue[]));
  return z.NEVER;
});

export type TierEntry = z.output<typeof tier>;
export type ModelTierEntry = z.output<typeof modelTier>;
/** Tiers that ask one pool, in a time of their own. */
export type BatchEntry = z.output<OtherTiers['batch']>;
export type DeferredEntry = z.output<OtherTiers['deferred']>;

export const tiers = z
  .array(tier, { error: 'expected a list of tiers' })
  .refine((ladder) => isBetween(ladder.filter(asksModel).length, 1, mostModelTiers), {
    error: 'expected one to three tiers that call a model',
  })
  .superRefine((ladder, context) => {
    for (const key of ['cached', 'template', 'batch', 'deferred', 'human'] as const) {
      if (ladder.filter((entry) => key in entry).length <= 1) continue;
      context.addIssue({ code: 'custom', message: `expected at most one ${key} tier`, input: ladder });
    }
  });

const mostModelTiers = 3;

function isBetween(count: number, least: number, most: number): boolean {
  return count >= least && count <= most;
}

export function isModelEntry(entry: TierEntry): entry is ModelTierEntry {
  return 'pool' in entry || 'choose' in entry;
}

function asksModel(entry: TierEntry): boolean {
  return isModelEntry(entry) || 'batch' in entry || 'deferred' in entry;
}

function channels<const Names extends readonly string[]>(names: Names) {
  return z.array(oneOf(names), { error: `expected a list of channels, some of ${names.join(', ')}` }).min(1, {
    error: `expected a list of channels, some of ${names.join(', ')}`,
  });
}
