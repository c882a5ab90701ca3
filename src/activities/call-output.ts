/** From a journaled answer to the activity's result: parsed, checked, with everything the call cost. */
import type { JsonValue } from '../contracts/json';
import type { ToolCall } from '../contracts/model';
import type { Attempt, CallModelInput, CallModelOutput } from '../contracts/step';
import { sizeProblemOf } from '../contracts/size-limits';
import { HoldfastError } from '../errors/holdfast-error';
import type { JournalEntry } from '../journal/journal';
import type { ActivityDependencies } from './ports';
import { applicationFailureOf } from './to-application-failure';

interface Answered {
  readonly deps: Pick<ActivityDependencies, 'schemas' | 'settings' | 'sizeLimits'>;
  readonly input: CallModelInput;
  readonly journalKey: string;
  readonly entry: JournalEntry;
  /** Failed attempts of the same call. */
  readonly failed: readonly Attempt[];
  readonly fromJournal: boolean;
}

/** Throws, final, `Llm.OutputInvalid` when the answer does not match the step's schema, `Llm.OutputCut` when it was cut. */
export function outputOf(answered: Answered): CallModelOutput {
  const { entry, failed, fromJournal } = answered;
  const asked = toolCallsOf(answered);
  const value = asked === undefined ? readValue(answered, [...failed, entry.attempt]) : entry.text;
  return {
    value,
    ...asked,
    model: entry.model,
    served: entry.attempt,
    ...(failed.length === 0 ? {} : { failed }),
    ...(fromJournal ? { fromJournal } : {}),
    ...(typeof value === 'string' && entry.finishReason === 'maxTokens' ? { cutAtMaxTokens: true } : {}),
  };
}

/** Calls for tools are no answer yet: nothing of it is checked against the schema. */
function toolCallsOf(answered: Answered): Pick<CallModelOutput, 'toolCalls' | 'answerKey'> | undefined {
  const { entry, journalKey } = answered;
  if (entry.toolCalls === undefined) return undefined;
  return { toolCalls: entry.toolCalls.map((call) => checked(answered, call)), answerKey: journalKey };
}

/** A model's arguments are data like any other: an effect gets only what its tool asks for. */
function checked({ deps, input }: Answered, call: ToolCall): ToolCall {
  const { tools = [] } = deps.settings.steps[input.id.step] ?? {};
  const tool = tools.find(({ name }) => name === call.name);
  const problem = tool && deps.schemas.problemOf(tool.inputSchema, call.arguments);
  return problem === undefined ? call : { ...call, problem };
}

function readValue({ deps, input, entry, journalKey }: Answered, attempts: readonly Attempt[]): JsonValue {
  const problem = sizeProblemOf(JSON.stringify(entry.text), deps.sizeLimits);
  if (problem !== undefined) throw invalid(input, `the answer ${problem}`, { journalKey, attempts });
  if (input.call.output === undefined) return entry.text;
  const parsed = deps.schemas.get(input.call.output).parse(entry.text);
  if (parsed.ok) return parsed.value;
  // Asked again, the same model would be cut again: a repair would be paid for in vain.
  if (entry.finishReason === 'maxTokens') throw outputCut(input, attempts);
  throw invalid(input, parsed.issues, { journalKey, attempts });
}

function outputCut({ id, call }: CallModelInput, attempts: readonly Attempt[]): Error {
  const { maxOutputTokens } = call.parameters;
  const message = `step ${id.step}: the answer was cut at ${maxOutputTokens} output tokens, before its JSON was complete; raise maxOutputTokens`;
  return applicationFailureOf(new HoldfastError('Llm.OutputCut', message, { attempts }));
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
