/** IBANs in a text. The checksum says whether what was read is one, so look-alikes may be tried in its digits. */
import { ibanLengthOf, isIban } from '../../contracts/iban';
import { asDigits } from './tolerant';

const start = /(?<![\p{L}\p{N}])([A-Z]{2}) ?([0-9OoQlI|ZSB]{2})(?=[\s.:-]?[A-Z0-9a-z|])/gu;
/** An IBAN with its gaps on two lines is not longer. */
const longest = 80;

/** No document names more accounts. */
const mostStarts = 500;

/** In order, without spaces, each once. */
export function findIbans(text: string): string[] {
  const found = [...text.matchAll(start)].slice(0, mostStarts).flatMap((match) => {
    const country = match[1] ?? '';
    const length = ibanLengthOf(country);
    const compact = text
      .slice(match.index, match.index + longest)
      .replace(/[\s.:-]/g, '')
      .slice(0, length);
    const read = length === 0 || compact.length < length ? undefined : readIban(compact);
    return read === undefined ? [] : [read];
  });
  return [...new Set(found)];
}

/** As it stands, or with look-alikes read as digits behind the country; where banks are named by letters (GB, NL, …) behind those. */
function readIban(compact: string): string | undefined {
  const upper = compact.toUpperCase();
  const head = compact.slice(0, 2).toUpperCase();
  const candidates = [
    upper,
    head + asDigits(compact.slice(2)),
    head + asDigits(compact.slice(2, 4)) + compact.slice(4, 8).toUpperCase() + asDigits(compact.slice(8)),
  ];
  return candidates.find(isIban);
}
