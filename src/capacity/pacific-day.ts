/** Daily quotas begin anew at midnight Pacific time (Gemini). */
const hourMs = 3_600_000;
const pacific = new Intl.DateTimeFormat('en-US', { timeZone: 'America/Los_Angeles', timeZoneName: 'longOffset' });

/** What UTC is ahead of Pacific time at an instant, ms: 8 h in winter, 7 h in summer. */
export function aheadOfPacificMs(atMs: number): number {
  const name = pacific.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours] = /GMT([+-])(\d\d):00/.exec(name) ?? [];
  return sign === undefined ? 8 * hourMs : (sign === '-' ? 1 : -1) * Number(hours) * hourMs;
}
