/** Files in a request: whether they are what they say, and how many tokens they are counted as. */
import type { Attachment } from './wire-format';

export const imageTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
export const pdfType = 'application/pdf';

const base64Pattern = /^[A-Za-z0-9+/]+={0,2}$/;

/** Bytes of a text in base64; undefined when it is none or empty. */
export function base64Bytes(data: unknown): number | undefined {
  if (typeof data !== 'string' || data.length % 4 !== 0 || !base64Pattern.test(data)) return undefined;
  return Buffer.byteLength(data, 'base64');
}

/** Undefined: not in base64, or of a type that is neither a known image nor a PDF. */
export function attachmentOf(mediaType: unknown, data: unknown): Attachment | undefined {
  const bytes = base64Bytes(data);
  if (bytes === undefined || typeof mediaType !== 'string') return undefined;
  if (imageTypes.includes(mediaType)) return { kind: 'image', mediaType, bytes };
  return mediaType === pdfType ? { kind: 'pdf', mediaType, bytes } : undefined;
}

/** `data:image/png;base64,…`. */
export function attachmentOfUrl(url: unknown): Attachment | undefined {
  if (typeof url !== 'string' || !url.startsWith('data:')) return undefined;
  const separator = url.indexOf(';base64,');
  return separator === -1 ? undefined : attachmentOf(url.slice(5, separator), url.slice(separator + 8));
}

const imageTokens = { base: 85, bytesPerToken: 512, most: 1_600 };
const pdfTokens = { base: 250, bytesPerToken: 64 };

/**
 * The simulator's own count, as the providers' depend on what is in the file. An image: 85 and one per 512 bytes, at
 * most 1,600. A PDF: 250 and one per 64 bytes.
 */
export function tokensOfAttachment({ kind, bytes }: Attachment): number {
  if (kind === 'pdf') return pdfTokens.base + Math.ceil(bytes / pdfTokens.bytesPerToken);
  return Math.min(imageTokens.most, imageTokens.base + Math.ceil(bytes / imageTokens.bytesPerToken));
}
