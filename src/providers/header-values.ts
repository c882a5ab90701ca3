/** Values of headers in the forms providers write them. What does not fit a form is undefined, never an error. */

const longestHeader = 64;
const msOfUnit: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 0.001,
  µs: 0.001, // U+00B5, as Go writes it
  μs: 0.001, // U+03BC
  ns: 0.000_001,
};

/** The time of the response by the provider's own clock: a wrong one on this machine does not matter. */
export function readClock(headers: Headers, nowMs: number): number {
  return parseDate(headers.get('date')) ?? nowMs;
}

/** A Go duration, e.g. `1h2m3.5s` or `12ms`, in milliseconds. */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > longestHeader || !/^(?:\d+(?:\.\d+)?(?:[numµμ]?s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)([a-zµμ]+)/g);
  return [...parts].reduce((sumMs, [, amount, unit = '']) => sumMs + Number(amount) * (msOfUnit[unit] ?? NaN), 0);
}

/** Seconds or a date, in milliseconds from `clockMs`. */
export function parseDelay(text: string | null, clockMs: number): number | undefined {
  const seconds = parseNumber(text);
  if (seconds !== undefined) return seconds * 1_000;
  const dateMs = parseDate(text);
  return dateMs === undefined ? undefined : Math.max(0, dateMs - clockMs);
}

/** A plain number that is not negative. */
export function parseNumber(text: string | null): number | undefined {
  const value = text?.trim() ?? '';
  return value.length <= longestHeader && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** A time in RFC 3339, in milliseconds since 1970. */
export function parseTimestamp(text: string | null): number | undefined {
  return parseDateOf(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/, text);
}

function parseDate(text: string | null): number | undefined {
  return parseTimestamp(text) ?? parseDateOf(/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w :-]+$/, text);
}

/** Date.parse takes almost anything for a date, so the form is checked first. */
function parseDateOf(form: RegExp, text: string | null): number | undefined {
  const value = text?.trim() ?? '';
  if (value.length > longestHeader || !form.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}
