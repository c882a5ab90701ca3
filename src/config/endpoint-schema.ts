/** The form of `endpoints`. */
import { z } from 'zod';
import { limitDimensions, limitProfileNames, openAiApis, providerNames } from '../contracts/settings';
import { defaults } from './defaults';
import {
  aboveZero,
  eitherForm,
  flag,
  label,
  number,
  oneOf,
  section,
  share,
  text,
  variant,
  weight,
} from './schema-parts';

/** The value is never shown: the mistake to expect here is the secret itself. */
const variable = z
  .string({ error: 'expected the name of an environment variable' })
  .refine((name) => /^[A-Z_][A-Z0-9_]{0,127}$/.test(name), {
    error: 'expected the name of an environment variable in capitals, such as OPENAI_API_KEY, never the value itself',
  });

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

const dollars = number('US dollars per million tokens, a number >= 0', { min: 0 });
const price = {
  input: dollars,
  output: dollars,
  cachedInput: dollars.exactOptional(),
  batch: share.exactOptional(),
};

const day = text(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2026-12-01').refine(isDay, {
  error: 'expected a day that there is, such as 2026-12-01',
});

/** JavaScript takes 30 February for 2 March. */
function isDay(written: string): boolean {
  const date = new Date(written);
  return Number.isFinite(date.getTime()) && date.toISOString().startsWith(written);
}

/** The price from the start, then those that replace it, oldest first. */
const priceList = z
  .array(section({ ...price, since: day.exactOptional() }), { error: 'expected a list of prices' })
  .min(1, { error: 'expected one price or more' })
  .superRefine((prices, context) => {
    for (const [index, { since }] of prices.entries()) {
      const before = prices[index - 1]?.since;
      const refuse = (message: string) => context.addIssue({ code: 'custom', path: [index, 'since'], message });
      if (index === 0 && since !== undefined) refuse('the first price holds from the start; leave out its day');
      if (index > 0 && since === undefined) refuse('is missing, expected the first day of this price');
      if (since !== undefined && before !== undefined && since <= before) {
        refuse(`expected a day after ${before}, received ${since}`);
      }
    }
  });

export const endpoint = section({
  provider: oneOf(providerNames),
  model: text(/^\S{1,128}$/, 'the model name as the provider spells it'),
  family: variant.exactOptional(),
  baseUrl: z.string({ error: 'expected a URL' }).exactOptional(),
  baseUrlEnv: variable.exactOptional(),
  api: oneOf(openAiApis).exactOptional(),
  deployment: text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'the name of a deployment').exactOptional(),
  apiVersion: text(/^\d{4}-\d{2}-\d{2}(-preview)?$/, 'an API version such as 2025-04-01-preview').exactOptional(),
  capabilities: section({
    temperature: flag.exactOptional(),
    seed: flag.exactOptional(),
    reasoningEffort: flag.exactOptional(),
    schema: flag.exactOptional(),
    tools: flag.exactOptional(),
    images: flag.exactOptional(),
    pdf: flag.exactOptional(),
    dimensions: flag.exactOptional(),
  }).exactOptional(),
  apiKeyEnv: variable.exactOptional(),
  quotaGroup: label.exactOptional(),
  optional: flag.default(false),
  local: flag.default(false),
  limits,
  limitProfile: oneOf(limitProfileNames).exactOptional(),
  weight: weight.default(defaults.weight),
  price: eitherForm((value) => !Array.isArray(value), { short: section(price), long: priceList }),
  contextWindow: aboveZero,
  maxOutputTokens: aboveZero.exactOptional(),
});

export type EndpointEntry = z.output<typeof endpoint>;
