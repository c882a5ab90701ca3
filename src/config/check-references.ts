import { isModelTier } from '../contracts/settings';
import type { ModelTierSettings, PoolOption, Settings, StepSettings } from '../contracts/settings';
import { invalidConfig, type Problem } from './problems';

/** What only the composition root knows: the prompts on disk and the schemas in code. */
export interface KnownReferences {
  /** Takes `name@version` and the variant a tier asks for, `default` when it names none. */
  readonly promptExists: (ref: string, variant: string) => boolean;
  readonly schemaExists: (name: string) => boolean;
}

/** Throws one `Config.Invalid` that lists every step whose prompt or output schema does not exist. */
export function checkReferences(settings: Settings, known: KnownReferences): void {
  const problems = Object.values(settings.steps).flatMap((step) => stepProblems(step, known));
  if (problems.length > 0) throw invalidConfig(settings.file, problems);
}

function stepProblems({ name, prompt, output, tiers }: StepSettings, known: KnownReferences): Problem[] {
  const problems: Problem[] = [];
  if (
    !tiers
      .filter(isModelTier)
      .flatMap(modelsOf)
      .every(({ variant = 'default' }) => known.promptExists(prompt, variant))
  ) {
    const text = `there is no prompt "${prompt}"; expected the folder prompts/${prompt.replace('@', '/')}/`;
    problems.push({ path: ['steps', name, 'prompt'], text });
  }
  if (output !== undefined && !known.schemaExists(output)) {
    const text = `there is no output schema "${output}"; register it under src/schemas`;
    problems.push({ path: ['steps', name, 'output'], text });
  }
  return problems;
}

function modelsOf(tier: ModelTierSettings): readonly Pick<PoolOption, 'variant'>[] {
  return tier.choice?.options ?? [tier];
}
