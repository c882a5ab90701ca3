/**
 * The form of `config/holdfast.yaml`. Every map is strict. References, addresses and the environment are checked
 * afterwards (resolve-*.ts), when the form is known to be right. `exactOptional` because the settings' types tell an
 * absent key from one that is `undefined`, as YAML does.
 */
import { z } from 'zod';
import { breakerShares, budgetPeriods, priorities, routeStrategies, storeDownPolicies } from '../contracts/settings';
import { defaults } from './defaults';
import { duration, durationOrZero } from './duration';
import { embedding } from './embedding-schema';
import { endpoint } from './endpoint-schema';
import {
  aboveZero,
  eitherForm,
  isText,
  label,
  named,
  number,
  oneOf,
  section,
  share,
  tenantName,
  weight,
} from './schema-parts';
import { modelParameters, step } from './step-schema';

const strategy = oneOf(routeStrategies);
const longRoute = section({ by: strategy, spillAfter: durationOrZero.prefault(defaults.spillAfter) });
const route = eitherForm(isText, { short: strategy.transform((by) => longRoute.parse({ by })), long: longRoute });

const overload = section({ expectedWait: duration.exactOptional(), backlog: aboveZero.exactOptional() }).refine(
  (declared) => Object.keys(declared).length > 0,
  { error: 'expected at least one of expectedWait, backlog' },
);

const degradeWhen = section({
  expectedWait: duration.exactOptional(),
  breakers: oneOf(breakerShares).exactOptional(),
}).refine((declared) => Object.keys(declared).length > 0, { error: 'expected at least one of expectedWait, breakers' });

const pool = section({
  route: route.prefault(defaults.route),
  endpoints: z
    .array(label, { error: 'expected a list of endpoints' })
    .min(1, { error: 'expected one endpoint or more' }),
  onStoreDown: oneOf(storeDownPolicies).exactOptional(),
  overload: overload.exactOptional(),
  degradeWhen: degradeWhen.exactOptional(),
});

const budget = section({
  per: oneOf(budgetPeriods),
  usd: number('US dollars, a number > 0', { above: 0 }).exactOptional(),
  tokens: aboveZero.exactOptional(),
}).refine(({ usd, tokens }) => usd !== undefined || tokens !== undefined, {
  error: 'expected at least one of usd, tokens',
});

const tenant = section({
  weight: weight.default(defaults.capacity.tenant.weight),
  priority: oneOf(priorities).default(defaults.capacity.tenant.priority),
  budget: budget.exactOptional(),
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
  embeddings: named(embedding, 'embeddings').default({}),
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
export type PoolEntry = z.output<typeof pool>;
