/** Gemini generateContent: one shape for whole answers and for every event of a stream. */
import { textOf, thought } from '../answer';
import type { Answer, AnswerToolCall, Finish } from '../answer';
import { contentPieces, endingPiece, framePiece, silence } from '../wire-format';
import type { ModelCall, Piece, WireFormat } from '../wire-format';
import { parseGenerateContentRequest } from './generate-content-request';
import { requiresSignatures, signatureOf } from './thought-signature';

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: 'STOP',
  toolCalls: 'STOP',
  length: 'MAX_TOKENS',
  contextWindow: 'MAX_TOKENS',
  contentFilter: 'SAFETY',
  refusal: 'PROHIBITED_CONTENT',
};

const tokensPerChunk = 8;

export const generateContent: WireFormat = {
  name: 'generateContent',
  opensBeforeFirstToken: false,
  parse: parseGenerateContentRequest,
  newAnswerId: (hex) => hex,
  newToolCallId: (hex) => hex,
  json: (answer, call) => {
    const text = textOf(answer);
    const parts = [...thoughtParts(answer, call), ...(text === '' ? [] : [{ text }]), ...endParts(answer)];
    return responseOf(answer, { parts, finishReason: reasonOf(answer), isLast: true });
  },
  stream: streamOf,
  keepAlive: ': keep-alive\n\n',
  errorEvent: (error, { errors, requestId }) => event(errors.body(error, requestId)),
};

function* streamOf(answer: Answer, call: ModelCall): Generator<Piece> {
  const chunk = (parts: readonly object[]): string => event(responseOf(answer, { parts }));
  yield* silence(answer.reasoningTokens);
  const thoughts = thoughtParts(answer, call);
  if (thoughts.length > 0) yield framePiece(chunk(thoughts));
  yield* contentPieces(answer.tokens, tokensPerChunk, (text) => chunk([{ text }]));
  // A call comes whole: its arguments are an object, not text.
  for (const [index, toolCall] of answer.toolCalls.entries()) {
    const data = chunk([callPart(toolCall, index)].flat());
    yield { kind: 'content', data, tokens: toolCall.tokens.length };
  }
  const parts = answer.toolCalls.length > 0 ? [] : endParts(answer);
  yield endingPiece(event(responseOf(answer, { parts, finishReason: reasonOf(answer), isLast: true })));
}

function thoughtParts(answer: Answer, { showsReasoning }: ModelCall): readonly object[] {
  return showsReasoning && answer.reasoningTokens > 0 ? [{ text: thought, thought: true }] : [];
}

/** The tool calls, or else the signature of what was thought before the text, in a part of its own without words. */
function endParts(answer: Answer): readonly object[] {
  if (answer.toolCalls.length > 0) return answer.toolCalls.flatMap(callPart);
  const isSigned = requiresSignatures(answer.model) && answer.reasoningTokens > 0 && answer.tokens.length > 0;
  return isSigned ? [{ text: '', thoughtSignature: signatureOf('text') }] : [];
}

/** Nothing where a fault has made the arguments invalid: the model's malformed calls are not passed on. */
function callPart({ name, tokens }: AnswerToolCall, index: number): readonly object[] {
  try {
    const args: unknown = JSON.parse(tokens.join(''));
    return [{ functionCall: { name, args }, ...(index === 0 ? { thoughtSignature: signatureOf(name) } : {}) }];
  } catch {
    return [];
  }
}

interface Part {
  readonly parts: readonly object[];
  readonly finishReason?: string;
  readonly isLast?: boolean;
}

function responseOf(answer: Answer, { parts, finishReason, isLast = false }: Part): object {
  const content = { ...(parts.length === 0 ? {} : { parts }), role: 'model' };
  const candidate = { content, ...(finishReason === undefined ? {} : { finishReason }), index: 0 };
  const blocked = { promptFeedback: { blockReason: answer.rawReason ?? 'PROHIBITED_CONTENT', safetyRatings: [] } };
  const candidates = answer.isEmpty ? {} : { candidates: [candidate] };
  return {
    ...(answer.isBlocked ? blocked : candidates),
    ...(answer.hidesUsage ? {} : { usageMetadata: usageOf(answer, isLast) }),
    modelVersion: answer.model,
    responseId: answer.id,
  };
}

/** Every event says what was used so far; only the last one is right about the output. */
function usageOf(answer: Answer, isLast: boolean): object {
  const { inputTokens, cachedTokens, reasoningTokens: thoughts } = answer;
  const calls = answer.toolCalls.reduce((sum, call) => sum + call.tokens.length, 0);
  const candidates = isLast ? answer.tokens.length + calls : 0;
  return {
    promptTokenCount: inputTokens,
    ...(candidates === 0 ? {} : { candidatesTokenCount: candidates }),
    totalTokenCount: inputTokens + candidates + (isLast ? thoughts : 0),
    ...(cachedTokens === 0 ? {} : { cachedContentTokenCount: cachedTokens }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
    ...(isLast && thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
  };
}

function reasonOf(answer: Answer): string {
  const isMalformed = answer.toolCalls.some((call) => callPart(call, 0).length === 0) && answer.finish === 'toolCalls';
  return answer.rawReason ?? (isMalformed ? 'MALFORMED_FUNCTION_CALL' : finishReasons[answer.finish]);
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
