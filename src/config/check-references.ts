import { askedPoolsOf } from '../contracts/settings';
import type { PoolOption, Settings, StepSettings, TierSettings } from '../contracts/settings';
import { formatProblem, invalidConfig, type Problem } from './problems';

/** What only the composition root knows: the prompts on disk and the schemas in code. */
export interface KnownReferences {
  /** The variants of `name@version` that have a file; undefined when there is no such prompt. */
  readonly variantsOf: (ref: string) => readonly string[] | undefined;
  /** The output schema the prompt itself declares, if it does. */
  readonly schemaOfPrompt: (ref: string) => string | undefined;
  readonly schemaExists: (name: string) => boolean;
}

/**
 * Throws one `Config.Invalid` that lists every step whose prompt or output schema does not exist or does not fit the
 * other. Result: warnings, one for every tier whose model family has no prompt of its own and gets another's.
 */
export function checkReferences(settings: Settings, known: KnownReferences): string[] {
  const steps = Object.values(settings.steps);
  const problems = steps.flatMap((step) => stepProblems(step, known));
  if (problems.length > 0) throw invalidConfig(settings.file, problems);
  return steps
    .flatMap((step) => step.tiers.flatMap((tier, index) => tierWarnings({ settings, step, tier, index }, known)))
    .map((warning) => formatProblem(settings.file, warning));
}

function stepProblems({ name, prompt, output }: StepSettings, known: KnownReferences): Problem[] {
  const problems: Problem[] = [];
  const declared = known.schemaOfPrompt(prompt);
  if (known.variantsOf(prompt) === undefined) {
    const text = `there is no prompt "${prompt}"; expected the folder prompts/${prompt.replace('@', '/')}/`;
    problems.push({ path: ['steps', name, 'prompt'], text });
  }
  if (output !== undefined && !known.schemaExists(output)) {
    const text = `there is no output schema "${output}"; register it under src/schemas`;
    problems.push({ path: ['steps', name, 'output'], text });
  } else if (declared !== undefined && declared !== output) {
    const text = `expected ${declared}, for which prompt "${prompt}" was written, received ${output ?? 'none'}`;
    problems.push({ path: ['steps', name, 'output'], text });
  }
  return problems;
}

interface TierOfStep {
  readonly settings: Settings;
  readonly step: StepSettings;
  readonly tier: TierSettings;
  readonly index: number;
}

function tierWarnings({ settings, step, tier, index }: TierOfStep, known: KnownReferences): Problem[] {
  const variants = known.variantsOf(step.prompt) ?? [];
  return askedPoolsOf(tier).flatMap((option) =>
    missingFamilies(settings, option, variants).map((text) => ({ path: ['steps', step.name, 'tiers', index], text })),
  );
}

/** A tier that names its variant means that one for every model of its pool; otherwise each family wants its own. */
function missingFamilies(
  { pools, endpoints }: Settings,
  { pool, variant }: Pick<PoolOption, 'pool' | 'variant'>,
  variants: readonly string[],
): string[] {
  if (variant !== undefined) {
    if (variants.includes(variant)) return [];
    return [`the prompt has no variant "${variant}" and the default one is sent; there are ${variants.join(', ')}`];
  }
  const families = (pools[pool]?.endpoints ?? []).map((endpoint) => endpoints[endpoint]?.family ?? 'default');
  const [sent = 'default'] = families;
  return [...new Set(families)]
    .filter((family) => !variants.includes(family) || family !== sent)
    .map((family) => {
      const used = variants.includes(sent) ? sent : 'default';
      const because = variants.includes(family) ? 'another family comes first in the pool' : 'there is none of its own';
      return `models of family "${family}" in pool ${pool} get the prompt variant "${used}": ${because}`;
    });
}
