/**
 * The form of `config/holdfast.yaml`. Every map is strict. References, addresses and the environment are checked
 * afterwards (resolve-*.ts), when the form is known to be right. `exactOptional` because the settings' types tell an
 * absent key from one that is `undefined`, as YAML does.
 */
import { z } from 'zod';
import { lanes, providerNames } from '../contracts/settings';
import { defaults } from './defaults';
import { duration, durationOrZero } from './duration';
import { named, namePattern, number, oneOf, section, text } from './schema-parts';

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

const limits = section({
  rpm: aboveZero.exactOptional(),
  tpm: aboveZero.exactOptional(),
  concurrency: aboveZero.exactOptional(),
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
  limits: limits.refine((declared) => Object.keys(declared).length > 0, {
    error: 'expected at least one of rpm, tpm, concurrency',
  }),
  price: section({ input: dollars, output: dollars, cachedInput: dollars.exactOptional() }),
  contextWindow: aboveZero,
  maxOutputTokens: aboveZero.exactOptional(),
});

const pool = section({
  route: oneOf(['headroom']).default(defaults.route),
  endpoints: z
    .array(label, { error: 'expected a list of endpoints' })
    .min(1, { error: 'expected one endpoint or more' }),
});

const modelParameters = {
  maxOutputTokens: aboveZero,
  temperature: number('a number from 0 to 2', { min: 0, max: 2 }).exactOptional(),
  seed: number('a whole number', { whole: true }).exactOptional(),
};

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
  tiers: z
    .array(section({ pool: label, variant: variant.exactOptional() }), { error: 'expected a list of tiers' })
    .min(1, { error: tierCount })
    .max(3, { error: tierCount }),
});

const capacity = section({
  maxWait: section({
    interactive: durationOrZero.prefault(defaults.capacity.maxWait.interactive),
    batch: durationOrZero.prefault(defaults.capacity.maxWait.batch),
  }).prefault({}),
  lease: duration.prefault(defaults.capacity.lease),
  jitter: durationOrZero.prefault(defaults.capacity.jitter),
  retryBudget: section({
    share: number('a number from 0 to 1', { min: 0, max: 1 }).default(defaults.capacity.retryBudget.share),
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
export type StepEntry = z.output<typeof step>;
