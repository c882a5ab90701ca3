/** What must hold whatever a provider does. */
import { finishReasons } from '../../src/contracts/model';
import type { ModelAnswer } from '../../src/contracts/model';
import { HoldfastError } from '../../src/errors';
import { apiKey, promptCanary, proseCanary } from './canaries';
import type { Observation } from './observation';

const longestMessage = 300;

export function checkAlways({ answer, error, pieces }: Observation): string[] {
  if (answer !== undefined) return checkAnswer(answer, pieces);
  return error instanceof HoldfastError ? checkFailure(error) : [];
}

function checkAnswer(answer: ModelAnswer, pieces: readonly string[]): string[] {
  const { text, toolCalls, finishReason, durationMs, firstTokenMs = 0 } = answer;
  const isWellFormed = [text, ...pieces].every((piece) => piece.isWellFormed());
  const ids = new Set(toolCalls?.map(({ id }) => id));
  const haveIds = !ids.has('') && ids.size === (toolCalls?.length ?? 0);
  return [
    ...unless(pieces.join('') === text, () => 'the pieces that were streamed are not the text of the answer'),
    ...unless(isWellFormed, () => 'text is not well-formed'),
    ...unless(text !== '' || toolCalls !== undefined, () => 'an answer without text and without tool calls'),
    ...unless((toolCalls !== undefined) === (finishReason === 'toolCalls'), () => {
      return `finishReason ${finishReason} with ${toolCalls?.length ?? 'no'} tool calls`;
    }),
    ...unless(haveIds, () => 'ids of tool calls are empty or there twice'),
    ...unless(finishReasons.includes(finishReason), () => `finishReason ${String(finishReason)} is unknown`),
    ...unless(firstTokenMs <= durationMs, () => `first token after ${firstTokenMs} ms of ${durationMs}`),
  ];
}

function checkFailure({ message, details, cause }: HoldfastError): string[] {
  const told = `${message} ${JSON.stringify(details)} ${cause instanceof Error ? cause.message : ''}`;
  const isOneLine = message.length <= longestMessage && !/[\r\n]/.test(message);
  return [
    ...unless(!told.includes(promptCanary), () => `the failure shows the prompt: ${message}`),
    ...unless(!told.includes(apiKey), () => 'the failure shows the key'),
    ...unless(!told.includes(proseCanary), () => `the failure shows the provider's prose: ${message}`),
    ...unless(isOneLine, () => `the message is not one line of at most ${longestMessage}: ${message.length}`),
    ...['provider', 'endpoint', 'model'].flatMap((fact) => {
      return unless(typeof details[fact] === 'string', () => `details.${fact} is missing`);
    }),
  ];
}

/** Nothing, or what is wrong. */
export function unless(isRight: boolean, problem: () => string): string[] {
  return isRight ? [] : [problem()];
}
