/**
 * Secrets that are recognised by how they look.
 *
 * Linear because a candidate can only start where the run of characters it consists of starts (the look-behind), so
 * no character is read for more than a handful of candidates; everything else is bounded by a number.
 */
import { mark } from './mark';

/** From the header to the footer, or to the end of the text: then the match always succeeds and nothing is read twice. */
const privateKey =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g;

export function redactPrivateKeys(text: string): string {
  return text.includes('PRIVATE KEY') ? text.replace(privateKey, mark('private key')) : text;
}

/** `user:password@` of a URL. */
const urlCredentials = /(?<=:\/\/)[^\s/?#"'<>\\]{1,256}@/g;

export function redactUrlCredentials(text: string): string {
  return text.includes('://') ? text.replace(urlCredentials, `${mark('credentials')}@`) : text;
}

/** Where a token starts: not inside a word, or after a percent-encoded character. */
const tokenStart = String.raw`(?:(?<![A-Za-z0-9_-])|(?<=%[0-9A-Fa-f]{2}))`;

const keyShapes = [
  String.raw`sk-[A-Za-z0-9_-]{16,}`, // OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-)
  String.raw`(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}`, // Stripe
  String.raw`AIza[A-Za-z0-9_-]{30,}`, // Google
  String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])`, // AWS access key id
  String.raw`gh[oprsu]_[A-Za-z0-9]{30,}`,
  String.raw`github_pat_[A-Za-z0-9_]{30,}`,
  String.raw`glpat-[A-Za-z0-9_-]{16,}`, // GitLab
  String.raw`xox[abeoprs]-[A-Za-z0-9-]{10,}`, // Slack
  String.raw`npm_[A-Za-z0-9]{30,}`,
  String.raw`(?:hf|gsk|r8)_[A-Za-z0-9]{20,}`, // Hugging Face, Groq, Replicate
  String.raw`(?:xai|pplx|nvapi)-[A-Za-z0-9_-]{20,}`, // xAI, Perplexity, NVIDIA
];
const key = new RegExp(`${tokenStart}(?:${keyShapes.join('|')})`, 'g');

/** JWS has three parts, JWE five; the last may be empty. */
const jwt = new RegExp(String.raw`${tokenStart}eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4}`, 'g');

/** Sixteen characters, or six with a digit among them: "bearer authentication" is no secret. */
const bearer = /\b(bearer\s{1,4})(?:[A-Za-z0-9._~+/=-]{16,}|(?=[A-Za-z._~+/=-]{0,64}\d)[A-Za-z0-9._~+/=-]{6,})/gi;

export function redactKeys(text: string): string {
  return text
    .replace(jwt, mark('jwt'))
    .replace(key, mark('key'))
    .replace(bearer, `$1${mark('key')}`);
}
