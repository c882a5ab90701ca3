/** From what was asked for to the arms of an eval. Pure: every mistake shows before anything is called. */
import { askedPoolsOf } from '../contracts/settings';
import type { Settings, StepSettings } from '../contracts/settings';
import { HoldfastError } from '../errors';
import type { EvalArm } from './arm';

export interface ArmChoice {
  /** A step of the config, or `name@version` of a prompt. */
  readonly target: string;
  readonly variants?: readonly string[];
  readonly pools?: readonly string[];
  readonly endpoints?: readonly string[];
}

export interface KnownPrompts {
  readonly refs: readonly string[];
  variantsOf(ref: string): readonly string[];
  schemaOf(ref: string): string | undefined;
}

export interface Planning {
  readonly settings: Settings;
  readonly prompts: KnownPrompts;
}

/** Of a prompt that is no step's. */
const usualTimeouts = { connectMs: 5_000, firstTokenMs: 60_000, idleMs: 30_000, callMs: 300_000, stepMs: 600_000 };
/** Attempts per call: nobody waits, and a row that was not answered has to be asked again. */
const maximumAttempts = 3;

/**
 * A step without further choices is tried as it stands: each of its tiers that calls a model, with that tier's variant.
 * Otherwise every variant named (default: all there are) on every pool named (default: that of the first tier).
 * Throws `Config.Invalid` for what does not exist, and for a step whose answers no eval can judge.
 */
export function planArms(choice: ArmChoice, planning: Planning): EvalArm[] {
  const { target, variants, pools, endpoints } = choice;
  const base = baseOf(target, planning);
  if (base.tools !== undefined)
    throw invalid(`${target} calls tools: an eval judges one answer; try its prompt without the step, by name@version`);
  const options = optionsOf(base, planning);
  if (variants === undefined && pools === undefined && endpoints === undefined && options.length > 0)
    return distinct(options.map(({ pool, variant }) => toArm({ target, base, pool, variant, options })));
  checkVariants(base.prompt, variants ?? [], planning);
  const all = pools === undefined ? planning.prompts.variantsOf(base.prompt) : undefined;
  const tried = variants ?? all;
  return placesOf(choice, options, planning).flatMap((place) =>
    (tried ?? [variantFor(place.pool, base, planning)]).map((variant) =>
      toArm({ target, base, ...place, variant, options }),
    ),
  );
}

/** Every tier × every variant of its prompt, for the matrix; the variants named, where some are. */
export function planMatrix(step: string, variants: readonly string[] | undefined, planning: Planning): EvalArm[] {
  const base = baseOf(step, planning);
  const options = optionsOf(base, planning);
  const pools = [...new Set(options.map(({ pool }) => pool))];
  const all = planning.prompts.variantsOf(base.prompt);
  const tried = variants === undefined ? all : all.filter((variant) => variants.includes(variant));
  return pools.flatMap((pool) => tried.map((variant) => toArm({ target: step, base, pool, variant, options })));
}

/** A step of the config as one arm, e.g. a judge: its first tier that calls a model. */
export function planStepArm(step: string, planning: Planning): EvalArm {
  const [arm] = planArms({ target: step }, planning);
  if (arm === undefined) throw invalid(`${planning.settings.file}: steps.${step} has no tier that calls a model`);
  return arm;
}

function baseOf(target: string, { settings, prompts }: Planning): StepSettings {
  const step = Object.hasOwn(settings.steps, target) ? settings.steps[target] : undefined;
  if (step !== undefined) return step;
  if (!prompts.refs.includes(target)) {
    const known = [...Object.keys(settings.steps), ...prompts.refs];
    throw invalid(`there is no step or prompt "${target}" (known: ${known.join(', ')})`);
  }
  const output = prompts.schemaOf(target);
  return {
    name: target,
    prompt: target,
    ...(output === undefined ? {} : { output }),
    lane: 'batch',
    timeouts: usualTimeouts,
    maximumAttempts,
    tiers: [],
  };
}

interface Option {
  readonly pool: string;
  readonly variant: string;
  readonly tier: number;
}

/** Every pool that a tier of the step calls, with the variant it then sends. */
function optionsOf(base: StepSettings, planning: Planning): Option[] {
  return base.tiers.flatMap((tier, index) =>
    askedPoolsOf(tier).map(({ pool, variant }) => ({
      pool,
      variant: sent(variant ?? familyOf(pool, planning), base, planning),
      tier: index,
    })),
  );
}

/** Two tiers may call the same pool alike, e.g. in the middle and at the end. */
function distinct(arms: readonly EvalArm[]): EvalArm[] {
  return arms.filter((arm, index) => arms.findIndex(({ name }) => name === arm.name) === index);
}

/** What a prompt that has no such variant sends instead. */
function sent(variant: string, { prompt }: StepSettings, { prompts }: Planning): string {
  return prompts.variantsOf(prompt).includes(variant) ? variant : 'default';
}

interface Place {
  readonly pool: string;
  readonly endpoint?: string;
}

function placesOf(
  { target, pools, endpoints }: ArmChoice,
  options: readonly Option[],
  { settings }: Planning,
): Place[] {
  const unknown = pools?.find((pool) => !Object.hasOwn(settings.pools, pool));
  if (unknown !== undefined)
    throw invalid(`there is no pool "${unknown}" that can be used (known: ${Object.keys(settings.pools).join(', ')})`);
  const first = options[0]?.pool;
  if (endpoints === undefined) {
    const chosen = pools ?? (first === undefined ? [] : [first]);
    if (chosen.length === 0) throw invalid(`${target} is a prompt: say with --pool which models are to be asked`);
    return chosen.map((pool) => ({ pool }));
  }
  return endpoints.map((endpoint) => {
    const among = pools ?? [...options.map(({ pool }) => pool), ...Object.keys(settings.pools)];
    const pool = among.find((name) => settings.pools[name]?.endpoints.includes(endpoint));
    if (pool !== undefined) return { pool, endpoint };
    const where = pools === undefined ? 'no pool that can be used' : `none of ${pools.join(', ')}`;
    throw invalid(`${where} has the endpoint "${endpoint}" (known: ${Object.keys(settings.endpoints).join(', ')})`);
  });
}

function checkVariants(ref: string, variants: readonly string[], { prompts }: Planning): void {
  const known = prompts.variantsOf(ref);
  const unknown = variants.find((variant) => !known.includes(variant));
  if (unknown !== undefined) throw invalid(`prompt ${ref} has no variant "${unknown}" (known: ${known.join(', ')})`);
}

/** The variant a pool gets when nobody names one: that of the tier which calls it, else its family's. */
function variantFor(pool: string, base: StepSettings, planning: Planning): string {
  const option = optionsOf(base, planning).find((one) => one.pool === pool);
  return option?.variant ?? sent(familyOf(pool, planning), base, planning);
}

function familyOf(pool: string, { settings }: Planning): string {
  const [first = ''] = settings.pools[pool]?.endpoints ?? [];
  return settings.endpoints[first]?.family ?? 'default';
}

interface ArmParts extends Place {
  readonly target: string;
  readonly base: StepSettings;
  readonly variant: string;
  readonly options: readonly Option[];
}

function toArm({ target, base, pool, endpoint, variant, options }: ArmParts): EvalArm {
  const name = `${target}:${pool}${endpoint === undefined ? '' : `:${endpoint}`}/${variant}`;
  const { stream: _, background: __, ...step } = base;
  const tier = options.find((option) => option.pool === pool && option.variant === variant)?.tier;
  return {
    name,
    target,
    pool,
    ...(endpoint === undefined ? {} : { endpoint }),
    variant,
    ...(tier === undefined ? {} : { tier }),
    step: { ...step, name, lane: 'batch', maximumAttempts, tiers: [{ pool, variant }] },
  };
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('Config.Invalid', message);
}
