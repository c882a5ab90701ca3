/** Chunks of a streamGenerateContent stream. */
import type { FinishReason, ToolCall } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import type { Usage } from '../../contracts/usage';
import { leavesCallsWhole, noContent } from '../answer-reader';
import type { AnswerOutcome, AnswerReader, EventContent } from '../answer-reader';
import { carry } from '../carried';
import { FailedAnswerError } from '../explain-failure';
import { parseArguments } from '../tool-arguments';
import { isRecord, lookUp, recordOf, textOf } from '../wire-value';
import type { WireRecord } from '../wire-value';
import { classifyBody } from './classify-error';
import { mapUsage } from './map-usage';

const finishReasonOf: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'maxTokens',
  SAFETY: 'contentFilter',
  RECITATION: 'contentFilter',
  BLOCKLIST: 'contentFilter',
  PROHIBITED_CONTENT: 'contentFilter',
  SPII: 'contentFilter',
  IMAGE_SAFETY: 'contentFilter',
  IMAGE_PROHIBITED_CONTENT: 'contentFilter',
  IMAGE_RECITATION: 'contentFilter',
};

/** Interim chunks of some models say so; it says nothing. */
const unspecified = 'FINISH_REASON_UNSPECIFIED';
/** What came is half an answer: to be gone on with by a token, or broken off for its form. */
const unfinished = ['CONTINUATION', 'MALFORMED_RESPONSE'];
/** The model meant to call a function, but nothing that could be called. */
const unreadableCall = ['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL'];

export function createAnswerReader(endpoint: EndpointSettings): AnswerReader {
  return new ChunkReader(endpoint);
}

class ChunkReader implements AnswerReader {
  private finishCode: string | undefined;
  private blockReason: string | undefined;
  private model: string | undefined;
  private responseId = '';
  private usage: Partial<Usage> = {};
  private readonly toolCalls: ToolCall[] = [];
  private readonly signatures: (string | null)[] = [];
  private unreadableToolCall: string | undefined;

  constructor(private readonly endpoint: EndpointSettings) {}

  read(event: unknown): EventContent {
    const failure = classifyBody(event);
    if (failure !== undefined) throw new FailedAnswerError(failure);
    if (!isRecord(event)) return noContent;
    this.model ??= textOf(event['modelVersion']) || undefined;
    this.responseId ||= textOf(event['responseId']) ?? '';
    this.usage = { ...this.usage, ...mapUsage(event['usageMetadata']) };
    this.blockReason ??= textOf(recordOf(event['promptFeedback'])['blockReason']);
    const candidate = recordOf(listOf(event['candidates'])[0]);
    const finishCode = textOf(candidate['finishReason']);
    if (finishCode !== unspecified) this.finishCode = finishCode ?? this.finishCode;
    const contents = listOf(recordOf(candidate['content'])['parts']).map((part) => this.readPart(recordOf(part)));
    const text = contents.map((content) => content.text ?? '').join('');
    return { text: text || undefined, isContent: contents.some(({ isContent }) => isContent) };
  }

  get outcome(): AnswerOutcome {
    const { blockReason, finishCode, model, usage, unreadableToolCall } = this;
    if (blockReason !== undefined) return { finishReason: 'contentFilter', finishCode: blockReason, model, usage };
    // Each chunk counts what there is so far: of a stream that is cut, that is not all.
    if (finishCode === undefined || unfinished.includes(finishCode)) {
      return { finishCode, model, usage: { ...usage, estimated: true } };
    }
    const known = { finishCode, model, usage };
    if (unreadableCall.includes(finishCode)) {
      return { ...known, finishReason: 'other', unreadableToolCall: unreadableToolCall ?? '' };
    }
    const finishReason = lookUp(finishReasonOf, finishCode) ?? 'other';
    const isCalling = this.toolCalls.length > 0 && leavesCallsWhole(finishReason);
    return { ...known, finishReason, unreadableToolCall, ...(isCalling ? this.calling : {}) };
  }

  private get calling(): Pick<AnswerOutcome, 'finishReason' | 'toolCalls' | 'carried'> {
    const { toolCalls, signatures, endpoint } = this;
    const isSigned = signatures.some((signature) => signature !== null);
    return { finishReason: 'toolCalls', toolCalls, ...(isSigned ? { carried: carry(endpoint, signatures) } : {}) };
  }

  private readPart(part: WireRecord): EventContent {
    const { functionCall, thoughtSignature } = part;
    if (isRecord(functionCall)) return this.readCall(functionCall, textOf(thoughtSignature));
    const text = textOf(part['text']) ?? '';
    return part['thought'] === true ? { isContent: true } : { text, isContent: text !== '' };
  }

  /** Function calls come whole, each in one part. */
  private readCall(call: WireRecord, signature: string | undefined): EventContent {
    const name = textOf(call['name']);
    const given = parseArguments(JSON.stringify(call['args'] ?? {}));
    if (name === undefined || given === undefined) {
      this.unreadableToolCall ??= name ?? '';
    } else {
      this.toolCalls.push({ id: textOf(call['id']) || this.nextId(), name, arguments: given });
      this.signatures.push(signature ?? null);
    }
    return { isContent: true };
  }

  /** The same for the same answer, another for each answer: whoever is told of the call may insist on both. */
  private nextId(): string {
    return `call_${this.responseId.replace(/[^\w-]/g, '').slice(0, 24)}_${this.toolCalls.length}`;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
