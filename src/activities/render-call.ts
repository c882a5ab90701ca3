/** The one repair of an answer that does not match its schema: the same conversation with the validator's message. */
import type { RepairRequest } from '../contracts/step';
import type { Journal } from '../journal/journal';
import type { RenderedRequest } from './resolve-step';

/** Enough of a wrong answer to correct it; more would only cost. */
const maxInvalidAnswerCharacters = 24_000;

/** Text of the answer to be repaired, or undefined when the journal no longer has it. */
async function readRepair(journal: Journal, repair: RepairRequest): Promise<string | undefined> {
  const entry = await journal.get(repair.invalidAnswerKey).catch(() => undefined);
  return entry?.text.slice(0, maxInvalidAnswerCharacters);
}

function withRepair(
  rendered: RenderedRequest,
  repair: RepairRequest,
  invalidAnswer: string | undefined,
): RenderedRequest {
  const complaint =
    'Your answer does not match the required JSON schema. Send the whole corrected JSON object again and nothing else. ' +
    `Problems found:\n${repair.issues}`;
  const answer =
    invalidAnswer === undefined || invalidAnswer === '' ? '(the answer was not valid JSON)' : invalidAnswer;
  return {
    ...rendered,
    messages: [...rendered.messages, { role: 'assistant', content: answer }, { role: 'user', content: complaint }],
  };
}

/** The request of a call, its repair included: the same when a step is opened and when it is called. */
export async function renderCall(
  journal: Journal,
  rendered: RenderedRequest,
  repair: RepairRequest | undefined,
): Promise<RenderedRequest> {
  return repair === undefined ? rendered : withRepair(rendered, repair, await readRepair(journal, repair));
}
