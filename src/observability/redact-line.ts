/** Replaces secrets in a text. `name` is the member the text stands under: `password` says more than its value. */
export type Redact = (text: string, name?: string) => string;

/**
 * Redacts one finished log line. It works on the parsed line: replacing inside the JSON text could break its escapes,
 * and a pattern would not see through them.
 */
export function redactLine(line: string, redact: Redact): string {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    // A serializer of somebody else wrote no JSON. The line must neither be lost nor get past the redaction.
    entry = { level: 'error', msg: 'a log line was not JSON', line };
  }
  return `${JSON.stringify(redactValue(entry, redact, ''))}\n`;
}

function redactValue(value: unknown, redact: Redact, name: string): unknown {
  if (typeof value === 'string') return redact(value, name);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [redact(key), redactValue(member, redact, key)]),
  );
}
