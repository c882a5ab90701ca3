/** An answer that no model gave (a template, a rule, an operator) has to be what the step promises all the same. */
import type { CheckAnswerInput } from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';
import type { ActivityDependencies } from './ports';

/** Throws `Llm.OutputInvalid` with what is wrong. */
export function checkAnswer(
  { schemas }: Pick<ActivityDependencies, 'schemas'>,
  { step, output, value }: CheckAnswerInput,
): void {
  const issues = issuesOf(schemas, output, value);
  if (issues === undefined) return;
  const message = `step ${step}: the answer does not match ${output ?? 'plain text'}: ${issues.split('\n')[0] ?? ''}`;
  throw new HoldfastError('Llm.OutputInvalid', message, { issues });
}

/** Undefined: nothing is wrong. */
export function issuesOf(
  schemas: ActivityDependencies['schemas'],
  output: string | undefined,
  value: CheckAnswerInput['value'],
): string | undefined {
  if (output === undefined) return typeof value === 'string' ? undefined : `expected text, received ${typeof value}`;
  const parsed = schemas.get(output).parse(JSON.stringify(value));
  return parsed.ok ? undefined : parsed.issues;
}
