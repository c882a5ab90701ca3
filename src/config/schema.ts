/**
 * The form of `config/holdfast.yaml`. Every map is strict. References, addresses and the environment are checked
 * afterwards (resolve-*.ts), when the form is known to be right. `exactOptional` because the settings' types tell an
 * absent key from one that is `undefined`, as YAML does.
 */
import { z } from 'zod';
import {
  lanes,
  limitDimensions,
  limitProfileNames,
  modelSizes,
  priorities,
  providerNames,
  routeStrategies,
  storeDownPolicies,
} from '../contracts/settings';
import { defaults } from './defaults';
import { duration, durationOrZero } from './duration';
import { eitherForm, named, namePattern, number, oneOf, section, tenantName, text } from './schema-parts';

const aboveZero = number('a whole number > 0', { whole: true, above: 0 });
const dollars = number('US dollars per million tokens, a number >= 0', { min: 0 });
const flag = z.boolean({ error: 'expected true or false' });
const label = text(namePattern, 'a name');
const variant = text(/^[a-z0-9][a-z0-9-]{0,63}$/, 'the name of a prompt variant, such as claude');
/** The value is never shown: the mistake to expect here is the secret itself. */
const variable = z
  .string({ error: 'expected the name of an environment variable' })
  .refine((name) => /^[A-Z_][A-Z0-9_]{0,127}$/.test(name), {
    error: 'expected the name of an environment variable in capitals, such as OPENAI_API_KEY, never the value itself',
  });

const weight = number('a number > 0', { above: 0 });
const share = number('a number from 0 to 1', { min: 0, max: 1 });
const isText = (value: unknown): boolean => typeof value === 'string';

const limits = section({
  rpm: aboveZero.exactOptional(),
  tpm: aboveZero.exactOptional(),
  inputTpm: aboveZero.exactOptional(),
  outputTpm: aboveZero.exactOptional(),
  rpd: aboveZero.exactOptional(),
  concurrency: aboveZero.exactOptional(),
  requestWindow: oneOf(['1s', '10s']).exactOptional(),
})
  .refine((declared) => limitDimensions.some((dimension) => declared[dimension] !== undefined), {
    error: `expected at least one of ${limitDimensions.join(', ')}`,
  })
  .refine((declared) => declared.requestWindow === undefined || declared.rpm !== undefined, {
    path: ['requestWindow'],
    error: 'expected together with rpm: it is the window that rpm is judged on',
  });

const endpoint = section({
  provider: oneOf(providerNames),
  model: text(/^\S{1,128}$/, 'the model name as the provider spells it'),
  family: variant.exactOptional(),
  baseUrl: z.string({ error: 'expected a URL' }).exactOptional(),
  baseUrlEnv: variable.exactOptional(),
  apiKeyEnv: variable,
  quotaGroup: label.exactOptional(),
  optional: flag.default(false),
  local: flag.default(false),
  limits,
  limitProfile: oneOf(limitProfileNames).exactOptional(),
  weight: weight.default(defaults.weight),
  price: section({ input: dollars, output: dollars, cachedInput: dollars.exactOptional() }),
  contextWindow: aboveZero,
  maxOutputTokens: aboveZero.exactOptional(),
});

const strategy = oneOf(routeStrategies);
const longRoute = section({ by: strategy, spillAfter: durationOrZero.prefault(defaults.spillAfter) });
const route = eitherForm(isText, { short: strategy.transform((by) => longRoute.parse({ by })), long: longRoute });

const overload = section({ expectedWait: duration.exactOptional(), backlog: aboveZero.exactOptional() }).refine(
  (declared) => Object.keys(declared).length > 0,
  { error: 'expected at least one of expectedWait, backlog' },
);

const pool = section({
  route: route.prefault(defaults.route),
  endpoints: z
    .array(label, { error: 'expected a list of endpoints' })
    .min(1, { error: 'expected one endpoint or more' }),
  onStoreDown: oneOf(storeDownPolicies).exactOptional(),
  overload: overload.exactOptional(),
});

const modelParameters = {
  maxOutputTokens: aboveZero,
  temperature: number('a number from 0 to 2', { min: 0, max: 2 }).exactOptional(),
  seed: number('a whole number', { whole: true }).exactOptional(),
};

const poolAndVariant = section({ pool: label, variant: variant.exactOptional() });
const option = eitherForm(isText, { short: label.transform((name) => ({ pool: name })), long: poolAndVariant });

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
});

const isPlainTier = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || !('choose' in value || 'pools' in value);
const tier = eitherForm(isPlainTier, { short: poolAndVariant, long: choice });

const tierCount = 'expected one to three tiers';

const step = section({
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
  complexity: section({
    severalSteps: flag.exactOptional(),
    tools: flag.exactOptional(),
    score: share.exactOptional(),
  }).exactOptional(),
  tiers: z.array(tier, { error: 'expected a list of tiers' }).min(1, { error: tierCount }).max(3, { error: tierCount }),
});

const tenant = section({
  weight: weight.default(defaults.capacity.tenant.weight),
  priority: oneOf(priorities).default(defaults.capacity.tenant.priority),
});

const capacity = section({
  maxWait: section({
    interactive: durationOrZero.prefault(defaults.capacity.maxWait.interactive),
    batch: durationOrZero.prefault(defaults.capacity.maxWait.batch),
  }).prefault({}),
  batchAhead: durationOrZero.prefault(defaults.capacity.batchAhead),
  minimumShare: section({
    batch: share.default(defaults.capacity.minimumShare.batch),
    standard: share.default(defaults.capacity.minimumShare.standard),
  }).prefault({}),
  interactiveFloor: share.default(defaults.capacity.interactiveFloor),
  tenants: named(tenant, 'tenants', tenantName).default({}),
  defaultTenant: tenant.prefault({}),
  onStoreDown: section({
    interactive: oneOf(storeDownPolicies).default(defaults.capacity.onStoreDown.interactive),
    batch: oneOf(storeDownPolicies).default(defaults.capacity.onStoreDown.batch),
  }).prefault({}),
  limitsVersion: aboveZero.default(defaults.capacity.limitsVersion),
  lease: duration.prefault(defaults.capacity.lease),
  jitter: durationOrZero.prefault(defaults.capacity.jitter),
  retryBudget: section({
    share: share.default(defaults.capacity.retryBudget.share),
    floor: number('a whole number >= 0', { whole: true, min: 0 }).default(defaults.capacity.retryBudget.floor),
  }).prefault({}),
});

export const settingsSchema = section({
  endpoints: named(endpoint, 'endpoints'),
  pools: named(pool, 'pools'),
  steps: named(step, 'steps'),
  capacity: capacity.prefault({}),
  journal: section({ ttl: duration.prefault(defaults.journal.ttl) }).prefault({}),
  defaults: section({
    parameters: section({
      ...modelParameters,
      maxOutputTokens: aboveZero.default(defaults.parameters.maxOutputTokens),
    }).prefault({}),
    timeouts: section({
      connect: duration.prefault(defaults.timeouts.connect),
      firstToken: duration.prefault(defaults.timeouts.firstToken),
      idle: duration.prefault(defaults.timeouts.idle),
      call: duration.prefault(defaults.timeouts.call),
      step: duration.prefault(defaults.timeouts.step),
    }).prefault({}),
    maximumAttempts: section({
      interactive: aboveZero.default(defaults.maximumAttempts.interactive),
      batch: aboveZero.default(defaults.maximumAttempts.batch),
    }).prefault({}),
  }).prefault({}),
});

/** The file as written, durations in milliseconds, defaults filled in. */
export type ConfigFile = z.output<typeof settingsSchema>;
export type EndpointEntry = z.output<typeof endpoint>;
export type PoolEntry = z.output<typeof pool>;
export type TierEntry = z.output<typeof tier>;
export type StepEntry = z.output<typeof step>;
