/** From a journaled answer to the activity's result: parsed, checked, with everything the call cost. */
import type { JsonValue } from '../contracts/json';
import type { Attempt, CallModelInput, CallModelOutput } from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';
import type { JournalEntry } from '../journal/journal';
import type { ActivityDependencies } from './ports';
import { applicationFailureOf } from './to-application-failure';

/** Under the server's 2 MiB for a payload, with room for the fields around it. Of the JSON that is sent: escapes count. */
const maxValueBytes = 1_500_000;

interface Answered {
  readonly deps: Pick<ActivityDependencies, 'schemas'>;
  readonly input: CallModelInput;
  readonly journalKey: string;
  readonly entry: JournalEntry;
  /** Failed attempts of the same call. */
  readonly failed: readonly Attempt[];
  readonly fromJournal: boolean;
}

/** Throws `Llm.OutputInvalid`, final, when the answer does not match the step's schema. */
export function outputOf(answered: Answered): CallModelOutput {
  const { entry, failed, fromJournal } = answered;
  const value = readValue(answered, [...failed, entry.attempt]);
  return {
    value,
    model: entry.model,
    served: entry.attempt,
    ...(failed.length === 0 ? {} : { failed }),
    ...(fromJournal ? { fromJournal } : {}),
    ...(typeof value === 'string' && entry.finishReason === 'maxTokens' ? { cutAtMaxTokens: true } : {}),
  };
}

function readValue({ deps, input, entry, journalKey }: Answered, attempts: readonly Attempt[]): JsonValue {
  const bytes = Buffer.byteLength(JSON.stringify(entry.text));
  if (bytes > maxValueBytes) {
    throw invalid(input, `the answer has ${bytes} bytes, at most ${maxValueBytes} are taken`, {
      journalKey,
      attempts,
    });
  }
  if (input.call.output === undefined) return entry.text;
  const parsed = deps.schemas.get(input.call.output).parse(entry.text);
  if (parsed.ok) return parsed.value;
  const cut =
    entry.finishReason === 'maxTokens'
      ? ` (the answer was cut at ${input.call.parameters.maxOutputTokens} output tokens)`
      : '';
  throw invalid(input, `${parsed.issues}${cut}`, { journalKey, attempts });
}

function invalid(
  input: CallModelInput,
  issues: string,
  facts: { journalKey: string; attempts: readonly Attempt[] },
): Error {
  const message = `step ${input.id.step}: the answer does not match ${input.call.output ?? 'plain text'}: ${issues.split('\n')[0] ?? ''}`;
  return applicationFailureOf(new HoldfastError('Llm.OutputInvalid', message, { issues, ...facts }));
}

/** The failure with everything tried so far, so that the next tier and the caller know. */
export function withAttempts(failure: HoldfastError, attempts: readonly Attempt[]): HoldfastError {
  return new HoldfastError(failure.type, failure.message, { ...failure.details, attempts }, { cause: failure });
}
