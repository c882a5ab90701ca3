/**
 * Invariants 2 and 6: one claim is charged once and settled once, however often its messages are delivered; a refusal
 * changes nothing; what is charged is exactly what was granted, less what was given back.
 */
import fc from 'fast-check';
import type { EndpointReading } from '../../../../src/contracts/capacity';
import type { Limits } from '../../../../src/contracts/settings';
import { capacitySettings } from '../open-capacity';
import type { Claim, CallRecord } from './call-record';
import { useRedis } from './open-sequence';
import { findNone, seed } from './run-property';
import { happeningsOf, refusal, scenarios, type Scenario } from './scenario';
import { Scene } from './scene';

const redis = useRedis();

/** A start counts until the bucket of 100 ms it stands in has left the window of a minute and J. */
const bucketMs = 100;
const windowMs = 60_000 + capacitySettings.jitterMs;

describe(`one claim (seed ${seed})`, () => {
  test('delivered three times with all its messages has the same consequences as delivered once', async () => {
    // In a queue an estimate of the wait takes in who asks, and a request that is repeated may get another one.
    const of = scenarios({ happenings: happeningsOf('inspect', 'inspect', refusal), mostCallers: 12, queue: false });
    await findNone({ redis: redis.current, sequences: 200, of }, async (scenario, opened) => {
      const [once, thrice] = [1, 3].map((deliveries) => withDeliveries(scenario, deliveries)) as [Scenario, Scenario];
      const first = new Scene(opened, once);
      const oddities = [...(await first.play())];
      const again = new Scene(opened.another(), thrice);
      oddities.push(...(await again.play()));
      return [...oddities, ...differences(first, again)];
    });
  });

  test('is charged as granted until it is settled, then as settled, and not at all once it is moved', async () => {
    const fates = ['onTime', 'onTime', 'confirms', 'diesWaiting', 'diesCalling'] as const;
    const limits = fc.record<Limits>(
      {
        rpm: fc.integer({ min: 6, max: 240 }),
        tpm: fc.integer({ min: 200, max: 20_000 }),
        inputTpm: fc.integer({ min: 200, max: 20_000 }),
      },
      { requiredKeys: [] },
    );
    const of = scenarios({ fates, limits, providersMisbehave: false, happenings: happeningsOf('inspect') });
    await findNone({ redis: redis.current, sequences: 250, of }, async (scenario, opened) => {
      const scene = new Scene(opened, scenario);
      const charges = new Charges(scene.record);
      scene.onReading = ({ atMs, reading }) => charges.compare(atMs, reading.endpoints);
      return [...(await scene.play()), ...charges.wrong];
    });
  });
});

describe(`a refusal (seed ${seed})`, () => {
  test('changes nothing: not by its own wait, nor by the backlog, nor by the wait to expect', async () => {
    const of = scenarios({ happenings: happeningsOf(refusal).map(moreOf), mostCallers: 14 });
    await findNone({ redis: redis.current, sequences: 250, of }, (scenario, opened) =>
      new Scene(opened, scenario).play(),
    );
  });
});

/** The same once more within the first seconds, when there is most to refuse. */
function moreOf(happenings: Scenario['happenings']): Scenario['happenings'] {
  return [...happenings.map((each) => ({ ...each, atMs: Math.ceil(each.atMs / 50) })), ...happenings];
}

function withDeliveries(scenario: Scenario, deliveries: number): Scenario {
  return { ...scenario, callers: scenario.callers.map((caller) => ({ ...caller, deliveries })) };
}

/** The first one. */
function differences(first: Scene, again: Scene): string[] {
  const [one, other] = [linesOf(first), linesOf(again)];
  const index = one.findIndex((line, at) => line !== other[at]);
  return index < 0 ? [] : [`${one[index]} once, ${other[index]} thrice`];
}

function linesOf({ record, readings }: Scene): string[] {
  const endpoints = readings.map(({ atMs, reading }) => ({ atMs, endpoints: reading.endpoints }));
  return [...record.told, ...record.claims.values(), ...endpoints].map((each) => JSON.stringify(each));
}

/** What the ledger must say, recomputed from what was told. */
class Charges {
  readonly wrong: string[] = [];

  constructor(private readonly record: CallRecord) {}

  compare(atMs: number, endpoints: readonly EndpointReading[]): void {
    for (const { endpoint, quotaGroup, dimensions } of endpoints) {
      for (const { dimension, used } of dimensions) {
        if (dimension === 'concurrency' || dimension === 'rpd') continue;
        const sum = (fromMs: number): number => this.charged(quotaGroup, dimension, fromMs);
        // What has left the window by the last start that is booked is not looked at any more.
        const [least, most] = [sum(Math.max(atMs, this.lastStartOf(quotaGroup))), sum(atMs)];
        if (used >= least && used <= most) continue;
        this.wrong.push(`${dimension} of ${endpoint} at ${atMs}: ${used} used, ${least} to ${most} charged`);
      }
    }
  }

  private charged(quotaGroup: string, dimension: keyof Claim['cost'], fromMs: number): number {
    return this.claimsOf(quotaGroup)
      .filter(({ startAtMs }) => leavesAt(startAtMs) > fromMs)
      .reduce((sum, claim) => sum + amountOf(claim)[dimension], 0);
  }

  private lastStartOf(quotaGroup: string): number {
    return Math.max(0, ...this.claimsOf(quotaGroup).map(({ startAtMs }) => startAtMs));
  }

  private claimsOf(quotaGroup: string): readonly Claim[] {
    return [...this.record.claims.values()].filter(({ group }) => group === quotaGroup);
  }
}

function leavesAt(startAtMs: number): number {
  return (Math.floor(startAtMs / bucketMs) + 1) * bucketMs + windowMs;
}

function amountOf({ cost, charged, settledAtMs }: Claim): Claim['cost'] {
  return settledAtMs === undefined ? cost : (charged ?? cost);
}
