/**
 * Prompts put untrusted text between delimiters that carry a random token. A model sees through them: they mark where
 * foreign text begins and ends, and are never quoted.
 */

export interface UnfencedText {
  /** The text without its delimiters. */
  readonly text: string;
  /** What stood between delimiters, in order. Empty when there are none. */
  readonly fenced: readonly string[];
}

/** Long, without blanks, with digits and letters mixed: no word of any language. */
const tokenPattern = /[A-Za-z0-9]{10,}/g;
const longestDelimiter = 120;
/** Words a line may have beside the token and still be nothing but a delimiter. */
const mostDelimiterWords = 8;

export function removeFences(text: string): UnfencedText {
  const tokens = fenceTokensOf(text);
  if (tokens.length === 0) return { text, fenced: [] };
  const kept: string[] = [];
  const fenced: string[] = [];
  let open: string[] | undefined;
  for (const line of text.split('\n')) {
    const found = tokens.filter((token) => line.includes(token));
    if (isDelimiter(line, found)) {
      if (open !== undefined) fenced.push(open.join('\n'));
      open = open === undefined ? [] : undefined;
      const label = labelBefore(line, found[0] ?? '');
      if (label !== '') kept.push(label);
      continue;
    }
    const inline = found.map((token) => innerTextOf(line, token)).find((inner) => inner !== undefined);
    if (inline !== undefined) fenced.push(inline);
    const clean = found.reduce(withoutToken, line);
    kept.push(clean);
    open?.push(clean);
  }
  return { text: kept.join('\n'), fenced };
}

/** Tokens that occur at least twice: a delimiter opens and closes. */
function fenceTokensOf(text: string): string[] {
  const counts = new Map<string, number>();
  for (const [token] of text.matchAll(tokenPattern)) {
    const digits = token.replace(/\D/g, '').length;
    if (digits >= 2 && token.length - digits >= 2) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count >= 2).map(([token]) => token);
}

function isDelimiter(line: string, tokens: readonly string[]): boolean {
  const [token] = tokens;
  if (token === undefined || line.length > longestDelimiter || line.split(token).length > 2) return false;
  const words = line.replace(token, ' ').match(/\p{L}+/gu) ?? [];
  return words.length <= mostDelimiterWords && !/[.!?]\s*$/.test(line);
}

/** `Topic:` of `Topic: <data-3f9a…>`: a value's name may share its line with the opening delimiter. */
function labelBefore(line: string, token: string): string {
  return /^(.*:)[^:]*$/.exec(line.slice(0, line.indexOf(token)))?.[1]?.trim() ?? '';
}

/** What stands between two delimiters on one line. */
function innerTextOf(line: string, token: string): string | undefined {
  const parts = line.split(token);
  if (parts.length !== 3) return undefined;
  const inner = (parts[1] ?? '').replace(/^[\s">\]})|:=-]+|[\s"<[{(|:=/-]+$/g, '').replace(/<\/?[\w-]*$/, '');
  return inner.trim() === '' ? undefined : inner.trim();
}

function withoutToken(line: string, token: string): string {
  return line.replace(new RegExp(`<[^<>]*${token}[^<>]*>+|[^\\s\\p{L}\\p{N}]*${token}[^\\s\\p{L}\\p{N}]*`, 'gu'), '');
}
