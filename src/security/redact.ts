/**
 * Takes secrets and personal data out of texts that are about to leave the process as logs or messages.
 *
 * It runs on whatever a provider, a user or an attacker made us log, so its cost must not depend on what the text
 * says: every pattern is linear in the length of the text (each file says why for its own), and texts are cut at a
 * length no log line needs. The price of a pattern is a wrong guess now and then; it is chosen so that ids, digests,
 * token counts, durations and times, which logs are searched for, survive.
 */
import { redactNamedSecrets, isSecretMember } from './named-secrets';
import { redactPersonalData } from './personal-data';
import { mark } from './mark';
import { redactKeys, redactPrivateKeys, redactUrlCredentials } from './secret-shapes';

/** `name` is the member or header the text stands under, when there is one: `password` tells more than its value. */
export type Redact = (text: string, name?: string) => string;

export interface RedactOptions {
  /** Values that are known to be secret, e.g. the keys this process read from its environment. */
  readonly secrets?: readonly string[];
  /** Longer texts are cut, default 64 Ki characters. */
  readonly maxCharacters?: number;
}

/** Shorter ones would be found inside ordinary words. */
const shortestKnownSecret = 8;

export function createRedact({ secrets = [], maxCharacters = 64 * 1024 }: RedactOptions = {}): Redact {
  const known = [...new Set(secrets)]
    .filter((secret) => secret.length >= shortestKnownSecret)
    .sort((a, b) => b.length - a.length);
  return (text, name) => {
    if (name !== undefined && isSecretMember(name, text)) return mark('secret');
    const { kept, note } = cut(text, maxCharacters);
    const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, mark('secret')), kept);
    return `${redactPatterns(withoutKnown)}${note}`;
  };
}

export const redact: Redact = createRedact();

/**
 * The order matters: what spans most goes first, or a smaller pattern would break it open. A private key may stand
 * behind `key=`, a URL behind `token=`, an e-mail address may be a password.
 */
function redactPatterns(text: string): string {
  return redactPersonalData(redactKeys(redactNamedSecrets(redactUrlCredentials(redactPrivateKeys(text)))));
}

/** A secret across the cut would be too short to be recognised, so the last word goes as well. */
const longestCutWord = 512;

function cut(text: string, maxCharacters: number): { kept: string; note: string } {
  if (text.length <= maxCharacters) return { kept: text, note: '' };
  const earliest = Math.max(0, maxCharacters - longestCutWord);
  let end = maxCharacters;
  while (end > earliest && !/\s/.test(text.charAt(end - 1))) end -= 1;
  return { kept: text.slice(0, end), note: ` [cut: ${text.length - end} of ${text.length} characters]` };
}
