/**
 * Tool calls of a stream, put together. OpenAI names the call of each piece by its index; the servers that speak its
 * protocol do what they like: no index, no id, or index 0 for every call (Ollama), so a new id begins a new call too.
 */
import type { ToolCall } from '../../../contracts/model';
import { appendArguments, parseArguments } from '../../tool-arguments';
import { countOf, isRecord, recordOf, textOf } from '../../wire-value';
import type { WireRecord } from '../../wire-value';

interface Pieces {
  readonly index: number | undefined;
  id: string | undefined;
  name: string;
  text: string;
}

interface WholeCalls {
  readonly calls: readonly ToolCall[];
  /** Name of the first whose arguments are not a JSON object, or were cut. */
  readonly unreadable: string | undefined;
}

export class ToolCallPieces {
  private readonly started: Pieces[] = [];

  add(piece: WireRecord): void {
    const call = recordOf(piece['function']);
    const index = countOf(piece['index']);
    const id = textOf(piece['id']) || undefined;
    const name = textOf(call['name']) || undefined;
    const pieces = this.find(index, id, name) ?? this.start(index, id);
    pieces.id ??= id;
    if (pieces.name === '') pieces.name = name ?? '';
    const { arguments: given } = call;
    pieces.text = appendArguments(pieces.text, isRecord(given) ? JSON.stringify(given) : (textOf(given) ?? ''));
  }

  /** `isCut`: the answer stopped at its token limit, so its last call is not to be trusted, whatever it looks like. */
  conclude({ isCut }: { isCut: boolean }): WholeCalls {
    if (isCut) return { calls: [], unreadable: this.started.at(-1)?.name };
    const calls: ToolCall[] = [];
    for (const [index, { id, name, text }] of this.started.entries()) {
      const parsed = name === '' ? undefined : parseArguments(text);
      if (parsed === undefined) return { calls: [], unreadable: name };
      calls.push({ id: id ?? `call_${index}`, name, arguments: parsed });
    }
    return { calls, unreadable: undefined };
  }

  private find(index: number | undefined, id: string | undefined, name: string | undefined): Pieces | undefined {
    const sameIndex = index === undefined ? this.started.at(-1) : this.started.findLast((call) => call.index === index);
    if (id === undefined) return index === undefined && name !== undefined ? undefined : sameIndex;
    return sameIndex?.id === undefined ? sameIndex : this.started.find((call) => call.id === id);
  }

  private start(index: number | undefined, id: string | undefined): Pieces {
    const pieces: Pieces = { index, id, name: '', text: '' };
    this.started.push(pieces);
    return pieces;
  }
}
