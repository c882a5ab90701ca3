/** Answers written in the config (template tiers, `onExhausted: { default }`) have to be what their steps promise. */
import { variablesOfAnswer } from '../contracts/fill-answer';
import type { JsonValue } from '../contracts/json';
import type { Settings, StepSettings } from '../contracts/settings';
import { invalidConfig } from './problems';
import type { Problem } from './problems';

/** What only the composition root knows. */
export interface AnswerChecks {
  /** What is wrong with a value of an output schema; of plain text when there is none. Undefined: nothing. */
  readonly problemOf: (output: string | undefined, value: JsonValue) => string | undefined;
  /** Names of the variables that a prompt takes. */
  readonly variablesOf: (prompt: string) => readonly string[];
}

/** Throws one `Config.Invalid` that lists every answer that does not match. */
export function checkAnswers(settings: Settings, checks: AnswerChecks): void {
  const problems = Object.values(settings.steps).flatMap((step) => problemsOf(step, checks));
  if (problems.length > 0) throw invalidConfig(settings.file, problems);
}

function problemsOf(step: StepSettings, checks: AnswerChecks): Problem[] {
  const { name, tiers, onExhausted } = step;
  const templates = tiers.flatMap((tier, index) =>
    'template' in tier
      ? [{ path: ['steps', name, 'tiers', index, 'template'], value: tier.template, fills: true }]
      : [],
  );
  const fallback =
    typeof onExhausted === 'object'
      ? [{ path: ['steps', name, 'onExhausted', 'default'], value: onExhausted.default, fills: false }]
      : [];
  return [...templates, ...fallback].flatMap(({ path, value, fills }) => {
    const text = problemOf(step, { value, fills }, checks);
    return text === undefined ? [] : [{ path, text }];
  });
}

/** One with variables in it is checked when they are known; until then only that the step has them. */
function problemOf(
  { prompt, output }: StepSettings,
  { value, fills }: { readonly value: JsonValue; readonly fills: boolean },
  { problemOf: check, variablesOf }: AnswerChecks,
): string | undefined {
  const used = fills ? variablesOfAnswer(value) : [];
  if (used.length === 0) return check(output, value);
  const known = variablesOf(prompt);
  const unknown = used.find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  return `unknown variable {{${unknown}}}; the step has ${known.join(', ') || 'none'}`;
}
