/**
 * Secrets that are recognised by the name before them: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`, also
 * inside JSON that is itself a text in JSON (`\"token\": \"…\"`).
 *
 * Linear because the search starts at a literal name and, when a value follows, always succeeds and goes on behind
 * it; when none follows, it has read no more than a few characters.
 */
import { mark } from './mark';

const nameOfSecret = [
  'pass(?:word|wd|phrase)',
  'pwd',
  'secret',
  'api[_-]?key',
  '(?:access|secret|private|account|subscription|encryption|signing|shared)[_-]?(?:access[_-]?)?key',
  'credentials?',
  'connection[_-]?string',
  'x-amz-signature',
].join('|');

/** Their values have spaces and commas inside and go on to the end of the line. */
const nameOfHeader = '(?:proxy-)?authorization|(?:set-)?cookie';

/** `token` also counts what models read: a number, a duration or a short word under it is no secret. */
const nameOfToken = 'token';

const separator = String.raw`(?:\\{0,4}["'])?\s{0,4}(?:=>|[:=])\s{0,4}`;
const quoted = [
  String.raw`"[^"\\]*(?:\\[^][^"\\]*)*"?`,
  String.raw`'[^'\\]*(?:\\[^][^'\\]*)*'?`,
  // Between escaped quotes: backslashes belong to the value as long as no quote follows them.
  String.raw`\\{1,8}["'](?:[^"'\\]|\\(?!\\{0,8}["']))*`,
].join('|');

const namedSecret = new RegExp(
  `((?:${nameOfSecret})${separator})(${quoted}|${String.raw`[^\s"'\`,;&)}\]<>\\]+`})`,
  'gi',
);
const namedHeader = new RegExp(`((?:${nameOfHeader})${separator})(${quoted}|${String.raw`[^\r\n"'\\]+`})`, 'gi');
const namedToken = new RegExp(`(${nameOfToken}${separator})(${quoted}|${String.raw`[^\s"'\`,;&)}\]<>\\]+`})`, 'gi');

export function redactNamedSecrets(text: string): string {
  const replace = (isSecret: (value: string) => boolean) => (whole: string, head: string, value: string) => {
    const { open, content, close } = unquote(value);
    return isSecret(content) ? `${head}${open}${mark('secret')}${close}` : whole;
  };
  return text
    .replace(namedHeader, replace(isValue))
    .replace(namedSecret, replace(isValue))
    .replace(namedToken, replace(isTokenValue));
}

const secretMember = new RegExp(`(?:${nameOfSecret}|${nameOfHeader})$`, 'i');

/** Whether the value of a member is a secret because of the member's name. */
export function isSecretMember(name: string, value: string): boolean {
  if (name.length > 256) return false;
  return secretMember.test(name) ? isValue(value) : /token$/i.test(name) && isTokenValue(value);
}

/** Nothing, a placeholder or something redacted already is no secret. */
function isValue(content: string): boolean {
  return !/^(?:|null|undefined|true|false|none|\[redacted:.{1,20}\]?|\*{1,64}|\$\{?\w{1,64}\}?)$/i.test(content.trim());
}

function isTokenValue(content: string): boolean {
  return content.length >= 8 && !/^[\d.,]{1,24}[a-z%]{0,3}$/i.test(content) && isValue(content);
}

function unquote(value: string): { open: string; content: string; close: string } {
  const open = /^\\{0,8}["']/.exec(value)?.[0] ?? '';
  // An escaped closing quote was left in the text, a plain one was taken with the value.
  const close = open.length === 1 && value.length > 1 && value.endsWith(open) ? open : '';
  return { open, content: value.slice(open.length, value.length - close.length), close };
}
