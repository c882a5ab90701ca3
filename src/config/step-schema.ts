/** The form of `steps`: a model call with its contract, and the ladder of tiers it goes down. */
import { z } from 'zod';
import { activityNames, otherActivityNames } from '../contracts/names';
import { exhaustedMoves, lanes, modelSizes, reasoningEfforts } from '../contracts/settings';
import type { JsonValue } from '../contracts/json';
import type { JsonSchema } from '../contracts/settings';
import { failureTypes } from '../errors/failure-types';
import type { FailureType } from '../errors/failure-types';
import { defaults } from './defaults';
import { duration } from './duration';
import {
  aboveZero,
  eitherForm,
  flag,
  isText,
  label,
  named,
  number,
  oneOf,
  section,
  share,
  text,
  variant,
} from './schema-parts';
import { toolSchemaProblem } from './tool-schema-problem';

export const modelParameters = {
  maxOutputTokens: aboveZero,
  temperature: number('a number from 0 to 2', { min: 0, max: 2 }).exactOptional(),
  seed: number('a whole number', { whole: true }).exactOptional(),
  reasoningEffort: oneOf(reasoningEfforts).exactOptional(),
};

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
const answer = z
  .json({ error: "expected text or a value of the step's schema" })
  .transform((value) => value as JsonValue);

const modelTier = eitherForm((value) => !hasKey(value, 'choose', 'pools'), {
  short: section({ ...poolAndVariant, ...needs }),
  long: choice,
});
const isOnly =
  (key: string) =>
  (value: unknown): boolean =>
    hasKey(value, key) && !hasKey(value, 'pool', 'choose', 'pools');
const ruleTier = section({
  rule: text(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'the name of an activity'),
  timeout: duration.prefault(defaults.ruleTimeout),
});
const tier = eitherForm(isOnly('cached'), {
  short: section({ cached: duration }),
  long: eitherForm(isOnly('template'), {
    short: section({ template: answer }),
    long: eitherForm(isOnly('rule'), { short: ruleTier, long: modelTier }),
  }),
});
type AnyTier = z.output<typeof tier>;

const tiers = z
  .array(tier, { error: 'expected a list of tiers' })
  .refine((ladder) => isBetween(ladder.filter(isModelEntry).length, 1, 3), {
    error: 'expected one to three tiers that call a model',
  })
  .refine((ladder) => isBetween(ladder.filter((each) => 'cached' in each).length, 0, 1), {
    error: 'expected at most one cached tier',
  })
  .refine((ladder) => isBetween(ladder.filter((each) => 'template' in each).length, 0, 1), {
    error: 'expected at most one template tier',
  });

export function isModelEntry(
  entry: AnyTier,
): entry is Exclude<AnyTier, { cached: unknown } | { template: unknown } | { rule: unknown }> {
  return !('cached' in entry) && !('template' in entry) && !('rule' in entry);
}

const onFailure = z.partialRecord(
  z.enum(failureTypes as [FailureType, ...FailureType[]], { error: 'expected a failure type, see docs/errors.md' }),
  oneOf(['next', 'fail', 'cached', 'template', 'rule']),
  {
    error: 'expected a map from failure types to next, fail, cached, template or rule',
  },
);
const onExhausted = eitherForm(isText, { short: oneOf(exhaustedMoves), long: section({ default: answer }) });

function isBetween(count: number, least: number, most: number): boolean {
  return count >= least && count <= most;
}

/** A model must not be able to call what settles its own account. */
const reserved: readonly string[] = [...Object.values(activityNames), ...otherActivityNames];

/** What OpenAI, Anthropic and Gemini all take. */
const toolName = { pattern: /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, words: 'letters, digits, "_" and "-" (at most 64)' };
const mostTools = 64;

const toolInput = z.unknown().transform((value, context): JsonSchema => {
  const problem = toolSchemaProblem(value);
  if (problem === undefined) return value as JsonSchema;
  context.issues.push({ code: 'custom', message: problem.text, path: [...problem.path], input: value });
  return z.NEVER;
});

const tools = named(
  // OpenAI takes no longer one.
  section({ description: text(/^[^]{1,1024}$/, 'what the tool does, in 1 to 1,024 characters'), input: toolInput }),
  'tools',
  toolName,
)
  .refine((declared) => isBetween(Object.keys(declared).length, 1, mostTools), {
    error: `expected one to ${mostTools} tools`,
  })
  .refine((declared) => !Object.keys(declared).some((name) => reserved.includes(name)), {
    error: `expected other names than Holdfast's own activities (${reserved.join(', ')})`,
  })
  .transform((declared) =>
    Object.entries(declared).map(([name, { description, input }]) => ({ name, description, inputSchema: input })),
  );

export const step = section({
  prompt: text(
    /^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*@[1-9]\d{0,5}$/,
    'a prompt and its version, such as research/outline@1',
  ),
  output: text(/^[A-Za-z0-9_-]{1,64}$/, 'the name of an output schema').exactOptional(),
  lane: oneOf(lanes).default(defaults.lane),
  timeouts: section({
    connect: duration.exactOptional(),
    firstToken: duration.exactOptional(),
    idle: duration.exactOptional(),
    call: duration.exactOptional(),
    step: duration.exactOptional(),
  }).prefault({}),
  maximumAttempts: aboveZero.exactOptional(),
  parameters: section({ ...modelParameters, maxOutputTokens: aboveZero.exactOptional() }).exactOptional(),
  stream: flag.exactOptional(),
  background: flag.exactOptional(),
  tools: tools.exactOptional(),
  maxToolRounds: number('a whole number from 1 to 100', { whole: true, min: 1, max: 100 }).exactOptional(),
  complexity: section({
    severalSteps: flag.exactOptional(),
    tools: flag.exactOptional(),
    score: share.exactOptional(),
  }).exactOptional(),
  onFailure: onFailure.exactOptional(),
  onExhausted: onExhausted.exactOptional(),
  tiers,
}).refine(({ tools: declared, maxToolRounds }) => declared !== undefined || maxToolRounds === undefined, {
  path: ['maxToolRounds'],
  error: 'expected together with tools',
});

export type TierEntry = z.output<typeof tier>;
export type ModelTierEntry = z.output<typeof modelTier>;
export type StepEntry = z.output<typeof step>;
