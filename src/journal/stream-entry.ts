/**
 * How an event stands in Redis: two fields, a head that says what it is and whose, and a value.
 *
 *   r <order> [<place>]     reset; value = endpoint. `place` when the text that follows is another attempt's
 *   t <order> <position>    text; value = the text. `s` instead of `t`: sealed
 *   e <order> <position>    end
 *   f                       failed; value = failure type
 *
 * `order` decides which of two attempts is the later one, `position` counts the characters since the reset, so that a
 * hole (trimmed, lost with a failover) is seen and never read over.
 */
import { HoldfastError } from '../errors/holdfast-error';
import type { Cipher } from './cipher';
import type { AttemptPlace, AttemptStamp, StreamId, StreamOffset } from './stream-log';

/** A stamp, and how often its writer had to begin anew: what an old connection still delivers must not count. */
export interface TextOrder extends AttemptStamp {
  readonly take: number;
}

export type StreamEntry =
  | { readonly kind: 'reset'; readonly order: TextOrder; readonly place: AttemptPlace; readonly endpoint: string }
  | { readonly kind: 'text'; readonly order: TextOrder; readonly position: number; readonly text: string }
  | { readonly kind: 'end'; readonly order: TextOrder; readonly position: number }
  | { readonly kind: 'failed'; readonly failure: string };

/** Who may read an entry, and where it stands. */
export interface EntryPlace {
  readonly key: string;
  readonly cipher?: Cipher | undefined;
}

/** The braces keep all keys of an opening in one slot of a cluster. */
export function streamKeyOf(keyPrefix: string, { runKey, step, occurrence }: StreamId): string {
  return `${keyPrefix}stream:{${runKey}/${step}#${occurrence}}`;
}

export function compareOrders(a: TextOrder, b: TextOrder): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const index = left.findIndex((number, at) => number !== right[at]);
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

export function encodeEntry(entry: StreamEntry, { key, cipher }: EntryPlace): readonly [head: string, value: string] {
  if (entry.kind === 'failed') return ['f', entry.failure];
  const order = orderText(entry.order);
  if (entry.kind === 'reset') {
    const place = placeText(entry.place);
    return [place === placeText(entry.order) ? `r ${order}` : `r ${order} ${place}`, entry.endpoint];
  }
  const at = entry.position.toString(36);
  if (entry.kind === 'end') return [`e ${order} ${at}`, ''];
  if (cipher === undefined) return [`t ${order} ${at}`, entry.text];
  const head = `s ${order} ${at}`;
  return [head, cipher.seal(entry.text, contextOf(key, head))];
}

/** Undefined for an entry of a form that is not known here: a newer worker's. */
export function decodeEntry(fields: readonly string[], place: EntryPlace): StreamEntry | undefined {
  const [, head = '', , value = ''] = fields;
  const [kind, written = '', rest] = head.split(' ');
  if (kind === 'f') return { kind: 'failed', failure: value };
  const order = readOrder(written);
  if (order === undefined) return undefined;
  if (kind === 'r') {
    const standing = rest === undefined ? order : readPlace(rest);
    return standing && { kind: 'reset', order, place: standing, endpoint: value };
  }
  const position = readNumber(rest);
  if (position === undefined) return undefined;
  if (kind === 'e') return { kind: 'end', order, position };
  if (kind !== 't' && kind !== 's') return undefined;
  return { kind: 'text', order, position, text: openText(head, value, place) };
}

/** With keys, a text without encryption is one that anybody may have written. */
function openText(head: string, value: string, { key, cipher }: EntryPlace): string {
  if (cipher !== undefined) return cipher.open(value, contextOf(key, head));
  if (head.startsWith('t')) return value;
  throw new HoldfastError(
    'Journal.Unreadable',
    'the text of this step is encrypted: give the client the keys of the workers (HOLDFAST_JOURNAL_KEYS)',
  );
}

/** A text opens only where it was written: in this stream, at this place. */
function contextOf(key: string, head: string): string {
  return `${key} ${head}`;
}

/** What a reader must remember of what it has read. */
export interface ReadState {
  /** Id of the last entry. */
  readonly id: string;
  readonly order?: TextOrder;
  /** Characters since the reset. */
  readonly position: number;
  readonly isOver: boolean;
}

const beginning: ReadState = { id: '0-0', position: 0, isOver: false };

export function offsetOf({ id, order, position, isOver }: ReadState): StreamOffset {
  return [id, order === undefined ? '' : orderText(order), position.toString(36), ...(isOver ? ['end'] : [])].join('~');
}

/** `0` is the beginning. Throws `Pipeline.InvalidInput` for what is no offset. */
export function readOffset(offset: StreamOffset): ReadState {
  if (offset === '0') return beginning;
  const [id = '', order = '', position, end, ...more] = String(offset).split('~');
  const readPosition = readNumber(position);
  const read = order === '' ? undefined : readOrder(order);
  const isWhole = /^\d{1,20}-\d{1,20}$/.test(id) && readPosition !== undefined && more.length === 0;
  if (!isWhole || (order !== '' && read === undefined) || (end !== undefined && end !== 'end')) {
    throw new HoldfastError(
      'Pipeline.InvalidInput',
      `from: expected "0" or the offset of an event of this stream, received ${JSON.stringify(offset).slice(0, 80)}`,
    );
  }
  return { id, ...(read && { order: read }), position: readPosition, isOver: end !== undefined };
}

function numbersOf({ scheduledAtMs, tier, callIndex, attempt, hop, take }: TextOrder): readonly number[] {
  return [scheduledAtMs, tier, callIndex, attempt, hop, take];
}

function orderText(order: TextOrder): string {
  return numbersOf(order)
    .map((number) => number.toString(36))
    .join('.');
}

function placeText({ tier, callIndex, attempt, hop }: AttemptPlace): string {
  return [tier, callIndex, attempt, hop].map((number) => number.toString(36)).join('.');
}

function readOrder(text: string): TextOrder | undefined {
  const numbers = readNumbers(text, 6);
  if (numbers === undefined) return undefined;
  const [scheduledAtMs = 0, tier = 0, callIndex = 0, attempt = 0, hop = 0, take = 0] = numbers;
  return { scheduledAtMs, tier, callIndex, attempt, hop, take };
}

function readPlace(text: string): AttemptPlace | undefined {
  const numbers = readNumbers(text, 4);
  if (numbers === undefined) return undefined;
  const [tier = 0, callIndex = 0, attempt = 0, hop = 0] = numbers;
  return { tier, callIndex, attempt, hop };
}

function readNumbers(text: string, count: number): readonly number[] | undefined {
  const numbers = text.split('.').map(readNumber);
  return numbers.length === count && !numbers.includes(undefined) ? (numbers as number[]) : undefined;
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[\da-z]{1,10}$/.test(text) ? parseInt(text, 36) : undefined;
}
