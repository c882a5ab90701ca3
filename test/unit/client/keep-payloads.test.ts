import type { Client } from '@temporalio/client';
import { sweepPayloads } from '../../../src/client/keep-payloads';
import type { PayloadSweep, SweepOptions } from '../../../src/client/keep-payloads';
import type { KeptPayloadStore, StoredPayload } from '../../../src/security/payload-storage/payload-store';

const dayMs = 24 * 60 * 60 * 1_000;
const daysAgo = (days: number): number => Date.now() - days * dayMs;

interface Namespace {
  /** When its runs began, days ago. */
  readonly runs: readonly number[];
  /** Days ago: made, and last fired. */
  readonly schedules?: Readonly<Record<string, readonly [made: number, fired?: number]>>;
}

/** What of Temporal's service is asked, with a retention of 30 days. */
function clientOf(namespaces: Readonly<Record<string, Namespace>>): Client {
  const seconds = (days: number): { seconds: number } => ({ seconds: daysAgo(days) / 1_000 });
  const workflowService = {
    countWorkflowExecutions: ({ namespace, query }: { namespace: string; query: string }) => {
      const before = Date.parse(/^StartTime < '(.+)'$/.exec(query)?.[1] ?? '');
      return Promise.resolve({ count: namespaces[namespace]?.runs.filter((days) => daysAgo(days) < before).length });
    },
    describeNamespace: () =>
      Promise.resolve({ config: { workflowExecutionRetentionTtl: { seconds: (30 * dayMs) / 1_000 } } }),
    listSchedules: ({ namespace }: { namespace: string }) =>
      Promise.resolve({
        schedules: Object.keys(namespaces[namespace]?.schedules ?? {}).map((scheduleId) => ({ scheduleId })),
        nextPageToken: new Uint8Array(),
      }),
    describeSchedule: ({ namespace, scheduleId }: { namespace: string; scheduleId: string }) => {
      const [made = 0, fired] = namespaces[namespace]?.schedules?.[scheduleId] ?? [];
      const recentActions = fired === undefined ? [] : [{ actualTime: seconds(fired) }];
      return Promise.resolve({ info: { createTime: seconds(made), recentActions } });
    },
  };
  return { options: { namespace: 'default' }, workflowService } as unknown as Client;
}

/** A payload for every age, in days; those that were removed leave. */
function storeOf(ages: readonly number[]): KeptPayloadStore & { readonly left: number[] } {
  const left = [...ages];
  async function* list(): AsyncGenerator<StoredPayload> {
    for (const age of ages) yield { key: String(age), bytes: 1, usedAtMs: daysAgo(age) };
  }
  const removeUnused = (key: string): Promise<boolean> =>
    Promise.resolve(left.splice(left.indexOf(Number(key)), 1).length === 1);
  return { left, place: 'a store', list, removeUnused } as unknown as KeptPayloadStore & { left: number[] };
}

async function sweep(
  namespaces: Readonly<Record<string, Namespace>>,
  ages: readonly number[],
  options: SweepOptions = {},
): Promise<{ readonly left: readonly number[]; readonly swept: PayloadSweep }> {
  const store = storeOf(ages);
  const swept = await sweepPayloads({ client: clientOf(namespaces), payloads: { stores: [store] } }, options);
  return { left: store.left, swept };
}

const ages = [1, 20, 36, 38, 60, 110];

describe('sweepPayloads', () => {
  test('removes what is older than the retention and a week', async () => {
    const { left, swept } = await sweep({ default: { runs: [3] } }, ages);
    expect(left).toEqual([1, 20, 36]);
    expect(swept).toMatchObject({ because: 'their age', stores: [{ store: 'a store', removed: 3, kept: 3 }] });
  });

  test('leaves what the oldest run may need, however young it should be', async () => {
    const { left, swept } = await sweep({ default: { runs: [3, 100] } }, ages, { olderThanMs: dayMs });
    expect(left).toEqual([1, 20, 36, 38, 60]);
    expect(swept.because).toBe('the oldest run of default');
  });

  test('leaves what a schedule holds that has not fired for long', async () => {
    const schedules = { yearly: [400, 50], daily: [400, 1] } as const;
    const { left, swept } = await sweep({ default: { runs: [3], schedules } }, ages);
    expect(left).toEqual([1, 20, 36, 38]);
    expect(swept.because).toBe('schedule yearly of default');
  });

  test('asks every namespace that shares the store', async () => {
    const namespaces = { default: { runs: [3] }, billing: { runs: [70] } };
    const { left, swept } = await sweep(namespaces, ages, { namespaces: ['billing'] });
    expect(left).toEqual([1, 20, 36, 38, 60]);
    expect(swept.because).toBe('the oldest run of billing');
  });

  test('removes nothing in a dry run, and tells what it would', async () => {
    const { left, swept } = await sweep({ default: { runs: [3] } }, ages, { isDryRun: true });
    expect(left).toEqual(ages);
    expect(swept.stores).toEqual([{ store: 'a store', removed: 3, removedBytes: 3, kept: 3, keptBytes: 3 }]);
  });

  test('a namespace without runs may be the wrong one', async () => {
    await expect(sweep({ default: { runs: [] } }, ages)).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: 'payloads: namespace default has no run to go by; if it is the right one, say --older-than',
    });
    const { left } = await sweep({ default: { runs: [] } }, ages, { olderThanMs: 37 * dayMs });
    expect(left).toEqual([1, 20, 36]);
  });

  test('a margin under two days is refused', async () => {
    await expect(sweep({ default: { runs: [3] } }, ages, { marginMs: dayMs })).rejects.toMatchObject({
      type: 'Config.Invalid',
    });
  });

  test('without a store there is nothing to look after', async () => {
    await expect(sweepPayloads({ client: clientOf({}) }, {})).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: expect.stringContaining('HOLDFAST_PAYLOADS is not set') as string,
    });
  });
});
