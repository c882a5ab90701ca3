/**
 * The conversation of one call: what was asked, the rounds of tool calls, and, for the one repair of an answer that
 * does not match its schema, that answer with the validator's message.
 */
import type { ModelMessage } from '../contracts/model';
import type { CallExtras, RepairRequest } from '../contracts/step';
import type { Journal } from '../journal/journal';
import { messagesOf } from './build-request';
import type { RenderedRequest } from './rendered-request';

/** Enough of a wrong answer to correct it; more would only cost. */
const maxInvalidAnswerCharacters = 24_000;

/** Text of the answer to be repaired, or undefined when the journal no longer has it. */
async function readRepair(journal: Journal, repair: RepairRequest): Promise<string | undefined> {
  const entry = repair.invalidAnswerKey === '' ? undefined : await journal.get(repair.invalidAnswerKey);
  return entry?.text.slice(0, maxInvalidAnswerCharacters);
}

async function repairMessages(journal: Journal, repair: RepairRequest, isStructured: boolean): Promise<ModelMessage[]> {
  const invalidAnswer = await readRepair(journal, repair);
  const isMissing = invalidAnswer === undefined || invalidAnswer === '';
  const complaint = isStructured
    ? `Your answer does not match the required JSON schema. Send the whole corrected JSON object again and nothing else. Problems found:\n${repair.issues}`
    : `Your answer could not be used. Send the whole corrected answer again and nothing else. Problems found:\n${repair.issues}`;
  const answer = isMissing ? '(the answer could not be read)' : invalidAnswer;
  return [
    { role: 'assistant', content: answer },
    { role: 'user', content: complaint },
  ];
}

/** What a provider wants to see again stands in the journal: in histories it would be dead weight. */
async function roundMessages(journal: Journal, extras: CallExtras | undefined): Promise<ModelMessage[]> {
  const rounds = extras?.toolRounds ?? [];
  // A journal that does not answer must not cost the conversation its signatures: the call waits for it.
  const entries = await Promise.all(rounds.map(({ answerKey }) => journal.get(answerKey)));
  return rounds.flatMap((round, index) => messagesOf(round, entries[index]?.carried));
}

/** The request of a call: the same when a step is opened and when it is called. */
export async function renderCall(
  journal: Journal,
  rendered: RenderedRequest,
  { extras, repair }: { readonly extras?: CallExtras | undefined; readonly repair?: RepairRequest | undefined },
): Promise<RenderedRequest> {
  if (extras?.toolRounds === undefined && repair === undefined) return rendered;
  const rounds = await roundMessages(journal, extras);
  const repairing = repair === undefined ? [] : await repairMessages(journal, repair, rendered.output !== undefined);
  return { ...rendered, messages: [...rendered.messages, ...rounds, ...repairing] };
}
