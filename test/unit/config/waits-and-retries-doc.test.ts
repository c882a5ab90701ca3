import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import {
  backoffDefaults,
  backoffMs,
  leastRetryDelayMs,
  longestHopWaitMs,
  settlementOf,
} from '../../../src/activities/attempt-policy';
import { commandTimeoutMs } from '../../../src/capacity/redis-connection';
import { probeEveryMs } from '../../../src/capacity/store-outage';
import type { StepPlan } from '../../../src/contracts/step';
import { HoldfastError } from '../../../src/errors';
import type { FailureType } from '../../../src/errors';
import { maxRetryAfterMs } from '../../../src/providers/retry-after';
import { readWorkerEnvironment } from '../../../src/workers/worker-environment';
import { hasModelAfter } from '../../../src/workflows/policy/leave-breaker';
import { leastUsefulMs } from '../../../src/workflows/policy/remaining';
import { loadText, minimal } from './load-text';

/** docs/waits-and-retries.md says what the code does: neither can change alone. */
const root = join(__dirname, '../../..');
const rows = readFileSync(join(root, 'docs/waits-and-retries.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!\*\*|what )/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, what = '', value = '', place = '', shown = '']) => ({ what, value, place, shown }));

const settings = loadText(minimal);
const { capacity } = settings;
const timeouts = settings.steps['greet']?.timeouts;
const twoModels = { tiers: [{ pool: 'a' }, { pool: 'b' }] } as unknown as StepPlan;
const retriesOf = (lane: string) => {
  const step = loadText(minimal.replace('tiers:', `lane: ${lane}\n    tiers:`)).steps['greet'];
  return String((step?.maximumAttempts ?? 0) - 1);
};

/** Of constants that nobody else needs to import: as they stand in their file. */
function constantIn(file: string, name: string): number {
  const [, number] =
    new RegExp(`\\b${name}(?: =|:) ([\\d_]+)`).exec(readFileSync(join(root, 'src', file), 'utf8')) ?? [];
  if (number === undefined) throw new Error(`src/${file} has no number named ${name}: docs/waits-and-retries.md`);
  return Number(number.replaceAll('_', ''));
}

function closedMs(type: FailureType): number | undefined {
  const reservation = { rid: 'r', pool: 'p', endpoint: 'e', quotaGroup: 'g', startAt: 0, startInMs: 0, leaseMs: 1 };
  return settlementOf(reservation, new HoldfastError(type, 'it failed')).blockedForMs;
}

function inWords(ms: number | undefined): string {
  if (ms === undefined) return 'none';
  const [unit, size] = [['d', 86_400_000] as const, ['h', 3_600_000] as const, ['min', 60_000] as const].find(
    ([, unitMs]) => ms >= unitMs && ms % unitMs === 0 && ms !== 60_000,
  ) ?? ['s', 1_000];
  return ms % 1_000 === 0 ? `${ms / size} ${unit}` : `${ms} ms`;
}

/** In the order of the document. */
const expected: readonly (readonly [what: RegExp, value: string])[] = [
  [/^connect:/, inWords(timeouts?.connectMs)],
  [/^first token:/, inWords(timeouts?.firstTokenMs)],
  [/^idle:/, inWords(timeouts?.idleMs)],
  [/^call:/, inWords(timeouts?.callMs)],
  [/^step:/, inWords(timeouts?.stepMs)],
  [/^needs:/, inWords(leastUsefulMs)],
  [/^time of a run:/, 'none'],
  [/^rounds of tool calls$/, String(constantIn('workflows/primitives/run-tier.ts', 'defaultToolRounds'))],
  [/^one tool call$/, inWords(constantIn('workflows/primitives/call-tools.ts', 'longestToolMs'))],
  [/^attempts of a tool call$/, String(constantIn('workflows/primitives/call-tools.ts', 'toolAttempts'))],
  [/^retries, interactive$/, retriesOf('interactive')],
  [/^retries, batch$/, retriesOf('batch')],
  [/^pause before the first retry/, inWords(backoffDefaults.baseMs)],
  [/^growth of the pause/, `× ${backoffDefaults.factor}`],
  [/^longest pause$/, inWords(backoffDefaults.capMs)],
  [/^jitter of a pause$/, `± ${backoffDefaults.jitter * 100} %`],
  [/^shortest pause/, inWords(leastRetryDelayMs)],
  [/^longest Retry-After/, inWords(maxRetryAfterMs)],
  [/^hops and retries of a pool, share/, `${capacity.retryBudgetShare * 100} %`],
  [/^hops and retries of a pool that are always/, String(capacity.retryBudgetFloor)],
  [/^latest start of another endpoint/, inWords(longestHopWaitMs)],
  [/^after a rate limit$/, inWords(closedMs('Llm.RateLimited'))],
  [/^after a refused key$/, inWords(closedMs('Llm.Authentication'))],
  [/^after a spent quota$/, inWords(closedMs('Llm.QuotaExhausted'))],
  [/^farthest start that is booked, interactive/, inWords(capacity.maxWaitMs.interactive)],
  [/^farthest start that is booked, batch/, inWords(capacity.maxWaitMs.batch)],
  [/^an open breaker/, hasModelAfter(twoModels, 0) ? 'none' : 'its end'],
  [/^farthest start of batch/, inWords(capacity.batchAheadMs)],
  [/^how much later than the first/, inWords(settings.pools['fast']?.route.spillAfterMs)],
  [/^nearest start/, inWords(constantIn('workflows/primitives/open-call.ts', 'longestSleepInActivityMs'))],
  [/^how long a claim outlives/, inWords(capacity.leaseMs)],
  [/^spread between/, inWords(capacity.jitterMs)],
  [/^one Redis command$/, inWords(commandTimeoutMs)],
  [/^one operation of the store/, inWords(constantIn('capacity/script-runner.ts', 'totalTimeoutMs'))],
  [/^how often a lost store/, inWords(probeEveryMs)],
  [/^first pause of a step/, inWords(constantIn('workflows/primitives/open-call.ts', 'first'))],
  [/^longest pause of a step/, inWords(constantIn('workflows/primitives/open-call.ts', 'cap'))],
  [/^heartbeats of a call$/, inWords(constantIn('activities/keep-alive.ts', 'everyMs'))],
  [
    /^silence after which a call's worker/,
    inWords(constantIn('workflows/primitives/run-tier.ts', 'heartbeatTimeoutMs')),
  ],
  [/^silence after which a run's worker/, inWords(constantIn('workers/create-worker.ts', 'stickyTimeoutMs'))],
  [/^time for calls to end/, inWords(readWorkerEnvironment({}).shutdownGraceMs)],
  [/^how long a paid answer/, inWords(settings.journalTtlMs)],
  [/^a question to a run/, inWords(constantIn('client/run-handle.ts', 'answerTimeoutMs'))],
];

describe('docs/waits-and-retries.md', () => {
  test('has one row for each of them, with its default', () => {
    expect(rows.map(({ what, value }) => ({ what, value }))).toEqual(
      expected.map(([what, value]) => ({ what: expect.stringMatching(what) as string, value })),
    );
  });

  const settable = rows.flatMap(({ what, value, place }) =>
    [...place.matchAll(/`((?:defaults|capacity|journal|steps|pools)\.[^`]+)`/g)].map(([, path = '']) => ({
      what,
      value,
      path,
    })),
  );

  test.each(settable)('$path can be set to $value', ({ what, value, path }) => {
    expect(() => loadText(withValue(path, written(what, value)))).not.toThrow();
  });

  const tests = new Set(rows.map(({ shown }) => shown.replaceAll('`', '')).filter((shown) => shown !== '–'));

  test.each([...tests])('%s is there', (file) => {
    expect(existsSync(join(root, file))).toBe(true);
  });
});

describe('the defaults of retries', () => {
  test('are 1 s, twice as long each time, at most 60 s, a quarter more or less', () => {
    expect(backoffMs(1, 0.5)).toBe(1_000);
    expect([backoffMs(1, 0), backoffMs(1, 0.999_999)]).toEqual([750, 1_250]);
    expect([2, 3, 6, 7, 50].map((attempt) => backoffMs(attempt, 0.5))).toEqual([2_000, 4_000, 32_000, 60_000, 60_000]);
  });

  test('are two for who waits, four for batch', () => {
    expect([retriesOf('interactive'), retriesOf('batch')]).toEqual(['2', '4']);
  });
});

/** A default as the file takes it. */
function written(what: string, value: string): string | number {
  if (value.endsWith(' %')) return Number(value.slice(0, -2)) / 100;
  if (!/^\d+$/.test(value)) return value.replace(' ', '').replace('min', 'm');
  return what.startsWith('retries') ? Number(value) + 1 : Number(value);
}

/** The smallest configuration with one value more; a step with tools, so that their settings may stand there. */
function withValue(path: string, value: string | number): string {
  const file = parse(minimal) as Record<string, unknown>;
  const tools = { t: { description: 'd', input: { type: 'object' } } };
  Object.assign(
    (file['steps'] as Record<string, object>)['greet'] ?? {},
    path.endsWith('maxToolRounds') ? { tools } : {},
  );
  const keys = path.replace('<step>', 'greet').replace('<pool>', 'fast').split('.');
  let at = file;
  for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
  at[keys.at(-1) ?? ''] = value;
  if (path.endsWith('route.spillAfter')) at['by'] = 'priority';
  return stringify(file);
}
