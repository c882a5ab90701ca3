/** Who a document is from and who it is for. */
import { cellsOf, below } from './cells';
import type { Cell } from './cells';
import { labels } from './labels';
import { cellsWith, readLabelled } from './labelled';
import { honorificLine, isCompany, isSameName, readName } from './names';
import { anyOf } from './tolerant';

export interface Parties {
  readonly sender?: string;
  readonly recipient?: string;
}

export function readParties(text: string, kind: 'invoice' | 'letter' | 'agreement'): Parties {
  return kind === 'agreement' ? contractingParties(text) : correspondents(text);
}

const opening = anyOf(['by and between', 'between', 'zwischen', 'entre']);
const joining = /(?:^|[\s,;)])(?:and|und|et)\s*:?\s+/iu;
const partyTail =
  /\s*(?:[,("]|\b(?:a company|having|represented|vertreten|hereinafter|nachfolgend|nachstehend|wohnhaft|mit Sitz|dont le|ci-après|of \d))/u;

/** `between X (…) and Y (…)`, on however many lines; or one under the other after labels such as `Client:`. */
function contractingParties(text: string): Parties {
  for (const start of text.matchAll(new RegExp(opening.source, 'giu'))) {
    const behind = text.slice(start.index + start[0].length, start.index + start[0].length + 900);
    const [sender, rest] = firstParty(behind.replace(/^[\s:,.]*/, ''));
    if (sender === undefined) continue;
    const join = joining.exec(rest);
    const recipient = join === null ? undefined : firstParty(rest.slice(join.index + join[0].length))[0];
    return { sender, ...(recipient === undefined || isSameName(sender, recipient) ? {} : { recipient }) };
  }
  const cells = cellsOf(text);
  const first = readLabelled(cells, firstPartyLabel, readName);
  const second = readLabelled(cells, secondPartyLabel, readName);
  return { ...(first === undefined ? {} : { sender: first }), ...(second === undefined ? {} : { recipient: second }) };
}

const firstPartyLabel = anyOf([
  'party a',
  'first party',
  'provider',
  'contractor',
  'landlord',
  'seller',
  'licensor',
  'lessor',
  'auftragnehmer',
  'vermieter',
  'verkäufer',
  'anbieter',
  'prestataire',
]);
const secondPartyLabel = anyOf([
  'party b',
  'second party',
  'client',
  'customer',
  'tenant',
  'buyer',
  'licensee',
  'lessee',
  'auftraggeber',
  'mieter',
  'käufer',
  'kunde',
]);

function firstParty(text: string): [name: string | undefined, rest: string] {
  const plain = text.replace(/^\s*(?:\(?[1-9aAbB][).]|the company)\s*/u, '').replace(/\s+/g, ' ');
  const tail = partyTail.exec(plain);
  const and = joining.exec(plain);
  const end = Math.min(tail?.index ?? plain.length, endOfName(plain, and));
  return [readName(plain.slice(0, end)), plain.slice(end)];
}

/** `Meyer und Söhne GmbH und Anna Beck`: the name goes on behind a joining word when only then it is a company. */
function endOfName(text: string, and: RegExpExecArray | null): number {
  if (and === null) return text.length;
  const before = text.slice(0, and.index);
  const behind = text.slice(and.index + and[0].length, and.index + and[0].length + 30);
  const goesOn = !isCompany(before) && /^(?:Partners?|Sons|Söhne|Fils|Co\b|Töchter)/u.test(behind);
  return goesOn ? text.length : and.index;
}

function correspondents(text: string): Parties {
  const cells = cellsOf(text);
  const blocks = addressBlocks(cells);
  const labelledRecipient = readLabelled(cells, labels.recipient, readName);
  // Of a single address nobody knows whether it is the sender's; most often it is not.
  const heading = labelledRecipient !== undefined || blocks.length > 1 ? blocks : [];
  const sender =
    readLabelled(cells, labels.sender, readName) ??
    senderOnOneLine(cells) ??
    letterhead(cells) ??
    heading.find((name) => !isSameName(name, labelledRecipient)) ??
    closing(cells);
  const recipient = labelledRecipient ?? blocks.find((name) => !isSameName(name, sender));
  const isOne = isSameName(sender, recipient);
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(recipient === undefined || isOne ? {} : { recipient }),
  };
}

const town =
  /^(?:(?:D|A|CH|F)-? ?)?\d{4,5} \p{Lu}[\p{L} .()/-]+$|(?:^|[ ,])[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$|,? [A-Z]{2} \d{5}(?:-\d{4})?$/u;
const mostBlockRows = 6;

/** Names above a street and a town, in order of the page. */
function addressBlocks(cells: readonly Cell[]): string[] {
  return cells.flatMap((cell) => {
    if (!town.test(cell.text) || cell.text.split(/[·•|]|, /).length > 3) return [];
    const block: Cell[] = [];
    let row = cell.row - 1;
    for (; row >= 0 && block.length < mostBlockRows; row -= 1) {
      const above = cells.find((one) => one.row === row && Math.abs(one.start - cell.start) <= 3);
      if (above === undefined || town.test(above.text) || isLabel(above)) break;
      block.unshift(above);
    }
    const name = block
      .filter(({ text }) => !honorificLine.test(text) && !/[·•|].*\d/.test(text))
      .map(({ text }) => readName(text))
      .at(0);
    return name === undefined || block.length < 2 ? [] : [name];
  });
}

function isLabel(cell: Cell): boolean {
  return /:$/.test(cell.text) || cellsWith([cell], labels.recipient).some(({ rest }) => rest === '');
}

/** `Nordlicht GmbH · Hafenstraße 4 · 20457 Hamburg` above a window. */
function senderOnOneLine(cells: readonly Cell[]): string | undefined {
  const rows = [...new Set(cells.map(({ row }) => row))].slice(0, oneLineRows);
  const line = cells.find(({ text, row }) => {
    const parts = text.split(separators);
    if (parts.length < 3) return false;
    return parts.slice(1).some((part) => town.test(part.trim())) || (rows.includes(row) && /[·•|]/.test(text));
  });
  return line === undefined ? undefined : readName(line.text.split(separators)[0] ?? '');
}

const separators = /\s*[·•|]\s*|\s-\s|, /;
const oneLineRows = 3;
const letterheadRows = 2;

function letterhead(cells: readonly Cell[]): string | undefined {
  const rows = [...new Set(cells.map(({ row }) => row))].slice(0, letterheadRows);
  const found = cells.find(({ text, row }) => rows.includes(row) && isCompany(text) && readName(text) !== undefined);
  return found === undefined ? undefined : readName(found.text);
}

const closings = anyOf([
  'yours sincerely',
  'yours faithfully',
  'kind regards',
  'best regards',
  'sincerely',
  'mit freundlichen grüßen',
  'freundliche grüße',
  'cordialement',
]);

/** Whoever signs; of two names below each other the company. */
function closing(cells: readonly Cell[]): string | undefined {
  const start = cellsWith(cells, closings).at(-1)?.cell;
  const first = start && below(cells, start);
  const second = first && below(cells, first);
  const names = [first, second].flatMap((cell) => (cell === undefined ? [] : [readName(cell.text)]));
  return names.find((name) => name !== undefined && isCompany(name)) ?? names.find((name) => name !== undefined);
}
