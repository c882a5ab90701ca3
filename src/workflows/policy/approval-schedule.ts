/** What happens to an approval by itself while nobody decides. Pure. */
export interface Times {
  /** Everything in ms since it was asked; reminders: before the deadline. */
  readonly deadlineMs?: number;
  readonly remindMs: readonly number[];
  readonly escalateMs?: number;
}

export interface Due {
  readonly inMs: number;
  readonly what: 'escalated' | 'reminder' | 'deadline';
}

const order = ['escalated', 'reminder', 'deadline'];

/** In the order of time; the deadline is the last. */
export function scheduleOf({ deadlineMs, remindMs, escalateMs }: Times): Due[] {
  const dues: Due[] = [];
  if (escalateMs !== undefined) dues.push({ inMs: escalateMs, what: 'escalated' });
  if (deadlineMs !== undefined) {
    for (const beforeMs of remindMs) dues.push({ inMs: deadlineMs - beforeMs, what: 'reminder' });
    dues.push({ inMs: deadlineMs, what: 'deadline' });
  }
  return dues.sort((one, other) => one.inMs - other.inMs || order.indexOf(one.what) - order.indexOf(other.what));
}

/** What is wrong with the times, as one line, or undefined. */
export function problemOfTimes({ deadlineMs, remindMs, escalateMs }: Times): string | undefined {
  const isPositive = (ms: number | undefined): boolean => ms === undefined || (Number.isFinite(ms) && ms > 0);
  if (!isPositive(deadlineMs)) return 'deadline: expected a time above 0';
  if (!remindMs.every(isPositive)) return 'remind: expected times above 0';
  if (!isPositive(escalateMs)) return 'escalate.after: expected a time above 0';
  if (deadlineMs === undefined) return remindMs.length > 0 ? 'remind: there is no deadline to remind of' : undefined;
  if (remindMs.some((ms) => ms >= deadlineMs)) return 'remind: a reminder would come before the question';
  if (escalateMs !== undefined && escalateMs >= deadlineMs) return 'escalate.after: is not before the deadline';
  return undefined;
}
