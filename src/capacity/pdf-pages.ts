/**
 * Pages of a PDF, counted without parsing it: each is an object of `/Type /Page`, in the open or within a compressed
 * object stream. A page that an editor has saved twice counts twice. Bounded work, whatever the file is.
 */
import { inflateSync } from 'node:zlib';

/** Of a larger file the rest is not read: Anthropic takes requests of at most 32 MB. */
const longestBytes = 33_554_432;
/** Gemini takes this many, the others fewer. */
const mostPages = 1_000;
/** Names that only begin like a page's, before a file is given up as no real one. */
const mostHits = 200_000;
const mostObjectStreams = 1_000;
/** Object streams that cannot be unpacked, before the others are taken to be the same: an encrypted file has no other. */
const mostUnreadable = 16;
/** Of one object stream: its entries before the packed bytes, and those. */
const mostDictionaryBytes = 1_000;
const mostPackedBytes = 1_048_576;
/** Unpacked object streams together, bytes: some thousands of pages. */
const mostUnpackedBytes = 8_388_608;
/** Of a file that shows no page, e.g. an encrypted one: a page of text with a picture. */
const assumedPageBytes = 20_000;
/** Of such a file; Anthropic takes no more where the context window is below a million tokens. */
const mostAssumedPages = 100;

/** `data` is the file in base64. At least 1. */
export function countPdfPages(data: string): number {
  const bytes = Buffer.from(data.slice(0, Math.ceil(longestBytes / 3) * 4), 'base64');
  const pages = pageObjectsIn(bytes) + unpackedStreams(bytes).reduce((sum, text) => sum + pageObjectsIn(text), 0);
  if (pages > 0) return Math.min(pages, mostPages);
  return Math.min(Math.ceil(bytes.length / assumedPageBytes) || 1, mostAssumedPages);
}

function pageObjectsIn(bytes: Buffer): number {
  let pages = 0;
  for (const at of positionsOf('/Page', bytes)) if (isPageObject(bytes, at)) pages += 1;
  return pages;
}

/** `/Type /Page`, with any white space or none between; not `/Pages`, nor a `/PageLabels` of the catalogue. */
function isPageObject(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 5];
  if (next !== undefined && isNameCharacter(next)) return false;
  let end = at;
  while (end > 0 && at - end < 16 && isWhiteSpace(bytes[end - 1])) end -= 1;
  return end >= 5 && bytes.toString('latin1', end - 5, end) === '/Type';
}

function unpackedStreams(bytes: Buffer): Buffer[] {
  const unpacked: Buffer[] = [];
  let left = mostUnpackedBytes;
  let unreadable = 0;
  for (const at of positionsOf('/ObjStm', bytes).slice(0, mostObjectStreams)) {
    const keyword = bytes.subarray(at, at + mostDictionaryBytes).indexOf('stream');
    if (keyword < 0) continue;
    const lineEnd = at + keyword + 'stream'.length;
    const start = lineEnd + (bytes[lineEnd] === 0x0d ? 2 : 1);
    try {
      // What follows the packed bytes is ignored, so nobody has to look for their end.
      const text = inflateSync(bytes.subarray(start, start + mostPackedBytes), { maxOutputLength: left });
      unpacked.push(text);
      left -= text.length;
    } catch (error) {
      // Encrypted, packed otherwise, or larger than what is left: the pages in it stay unseen.
      if (isTooLarge(error)) break;
      unreadable += 1;
    }
    if (left <= 0 || unreadable >= mostUnreadable) break;
  }
  return unpacked;
}

/** All that is left was unpacked only to be thrown away; the next one must not do so again. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function positionsOf(word: string, bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(word); at >= 0 && found.length < mostHits; at = bytes.indexOf(word, at + word.length)) {
    found.push(at);
  }
  return found;
}

function isWhiteSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x0c || byte === 0x00;
}

function isNameCharacter(byte: number): boolean {
  return !isWhiteSpace(byte) && !'()<>[]{}/%'.includes(String.fromCharCode(byte));
}
