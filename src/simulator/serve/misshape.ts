/** Faults that put something into an answer that does not belong there. */
import type { FaultSpec } from '../faults/fault';
import type { FaultKind } from '../faults/fault-kinds';
import { isRecord } from '../read-input';
import type { Piece } from '../wire/wire-format';
import { afterChunksOf } from './after-chunks';

const misshapers: Partial<
  Record<FaultKind, (pieces: AsyncIterable<Piece>, afterChunks: number) => AsyncIterable<Piece>>
> = {
  malformedEvent: withMalformedEvent,
  unknownFields: withUnknownFields,
  unknownEvents: withUnknownEvents,
  duplicateEnd: withDoubledEnd,
  lateDeltas: withLateContent,
};

/** The pieces of a stream as the fault wants them. */
export function misshapePieces(pieces: AsyncIterable<Piece>, fault: FaultSpec | undefined): AsyncIterable<Piece> {
  const misshape = fault === undefined ? undefined : misshapers[fault.kind];
  return misshape === undefined ? pieces : misshape(pieces, afterChunksOf(fault));
}

/** The JSON of a whole answer as the fault wants it. Duplicates and unknown events are of streams only. */
export function misshapeBody(text: string, fault: FaultSpec | undefined): string {
  if (fault?.kind === 'unknownFields') return addFields(text);
  return fault?.kind === 'malformedEvent' ? text.slice(0, Math.ceil(text.length / 2)) : text;
}

/** Before the content at this place, or before the end of a shorter answer, the same event cut short. */
async function* withMalformedEvent(pieces: AsyncIterable<Piece>, afterChunks: number): AsyncGenerator<Piece> {
  let content = 0;
  let isDue = true;
  for await (const piece of pieces) {
    if (isDue && (piece.kind === 'ending' || (piece.kind === 'content' && content === afterChunks))) {
      isDue = false;
      yield { kind: 'frame', data: `${piece.data.trimEnd().slice(0, -4)}\n\n`, tokens: 0 };
    }
    content += piece.kind === 'content' ? 1 : 0;
    yield piece;
  }
}

async function* withUnknownFields(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    const data = piece.data.replace(/^data: (\{.*\})$/gm, (_line, json: string) => `data: ${addFields(json)}`);
    yield { ...piece, data };
  }
}

const unknownEvent =
  'event: response.telepathy.delta\ndata: {"type":"response.telepathy.delta","thought":{"of":["nobody"]}}\n\n';

/** Before everything but the first event, which a reader may expect to be a certain one. */
async function* withUnknownEvents(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  let isFirst = true;
  for await (const piece of pieces) {
    if (!isFirst && piece.data !== '') yield { kind: 'frame', data: unknownEvent, tokens: 0 };
    isFirst = false;
    yield piece;
  }
}

async function* withDoubledEnd(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    yield piece;
    if (piece.kind === 'ending') yield piece;
  }
}

async function* withLateContent(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  let last: Piece | undefined;
  for await (const piece of pieces) {
    yield piece;
    if (piece.kind === 'content') last = piece;
    else if (piece.kind === 'ending' && last !== undefined) {
      yield { ...last, kind: 'ending', tokens: 0 };
      last = undefined;
    }
  }
}

/** What is under these names is the model's or the caller's own, not the provider's. */
const foreignFields = new Set(['args', 'input', 'arguments', 'metadata', 'parameters', 'schema', 'tools', 'text']);

function addFields(json: string): string {
  const add = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(add);
    if (!isRecord(value)) return value;
    const members = Object.entries(value).map(([name, member]) => [
      name,
      foreignFields.has(name) ? member : add(member),
    ]);
    return { ...Object.fromEntries(members), x_future: { nested: [1, null, { deep: true }] } };
  };
  return JSON.stringify(add(JSON.parse(json)));
}
