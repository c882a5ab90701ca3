/** The content blocks of one answer, put together from the events of its stream. */
import type { JsonObject } from '../../contracts/json';
import type { ToolCall } from '../../contracts/model';
import { noContent } from '../answer-reader';
import type { EventContent } from '../answer-reader';
import { appendArguments, parseArguments } from '../tool-arguments';
import { isRecord, textOf } from '../wire-value';
import type { WireRecord } from '../wire-value';
import type { Outline, OutlineItem } from './outline';

interface OpenBlock {
  readonly type: string;
  readonly start: WireRecord;
  /** Characters of text. */
  length: number;
  /** Thinking, or arguments of a tool call. */
  body: string;
  signature: string;
  /** Undefined until the block is whole, and when they are not a JSON object. */
  arguments: JsonObject | undefined;
}

const isAtWork: EventContent = { isContent: true };

export class BlockReader {
  /** By index, in the order they began. */
  private readonly blocks = new Map<unknown, OpenBlock>();

  start(index: unknown, start: WireRecord): EventContent {
    const type = textOf(start['type']) ?? '';
    const block = { type, start, length: 0, body: '', signature: '', arguments: undefined };
    this.blocks.set(index, block);
    if (type === 'text') return readText(block, textOf(start['text']));
    return type === 'tool_use' ? isAtWork : noContent;
  }

  add(index: unknown, delta: WireRecord): EventContent {
    const block = this.blocks.get(index);
    switch (delta['type']) {
      case 'text_delta':
        return readText(block, textOf(delta['text']));
      case 'thinking_delta':
        if (block !== undefined) block.body = appendArguments(block.body, textOf(delta['thinking']) ?? '');
        return isAtWork;
      case 'signature_delta':
        if (block !== undefined) block.signature = appendArguments(block.signature, textOf(delta['signature']) ?? '');
        return isAtWork;
      case 'input_json_delta':
        if (block !== undefined) block.body = appendArguments(block.body, textOf(delta['partial_json']) ?? '');
        return isAtWork;
      default:
        return noContent;
    }
  }

  stop(index: unknown): EventContent {
    const block = this.blocks.get(index);
    if (block?.type === 'tool_use') block.arguments = readArguments(block);
    return noContent;
  }

  get toolCalls(): ToolCall[] {
    return this.calls.flatMap(({ start, arguments: given }) => {
      const [id, name] = [textOf(start['id']), textOf(start['name'])];
      return id === undefined || name === undefined || given === undefined ? [] : [{ id, name, arguments: given }];
    });
  }

  /** Name of a tool whose call cannot be read. */
  get unreadableToolCall(): string | undefined {
    const unreadable = this.calls.find((block) => block.arguments === undefined);
    return unreadable === undefined ? undefined : (textOf(unreadable.start['name']) ?? '');
  }

  /** Undefined when there is no thinking in it: any order will do then. */
  get outline(): Outline | undefined {
    const outline = [...this.blocks.values()].flatMap(outlineOf);
    return outline.some(({ type }) => type.endsWith('thinking')) ? outline : undefined;
  }

  private get calls(): OpenBlock[] {
    return [...this.blocks.values()].filter(({ type }) => type === 'tool_use');
  }
}

function readText(block: OpenBlock | undefined, text: string | undefined): EventContent {
  if (text === undefined || text === '') return noContent;
  if (block !== undefined) block.length += text.length;
  return { text, isContent: true };
}

/** A call without a delta has its arguments, mostly none, in its first event. */
function readArguments({ body, start }: OpenBlock): JsonObject | undefined {
  const isWhole = body === '' && isRecord(start['input']);
  return parseArguments(isWhole ? JSON.stringify(start['input']) : body);
}

function outlineOf({ type, start, length, body, signature }: OpenBlock): OutlineItem[] {
  switch (type) {
    case 'text':
      return [{ type, length }];
    case 'tool_use':
      return [{ type, id: textOf(start['id']) ?? '' }];
    case 'thinking':
      return [{ type, thinking: body, signature }];
    case 'redacted_thinking':
      return [{ type, data: textOf(start['data']) ?? '' }];
    default:
      return [];
  }
}
