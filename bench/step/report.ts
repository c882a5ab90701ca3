/** From measurements to the one object that is printed. */
import { medianOf } from './failover';
import type { Failover } from './failover';
import type { HistorySize, Measured } from './measure';
import type { LatencyEndpoint, Side } from './messages';

/** Both sides in the same minute: what else the machine does meets them alike. */
export type Pair = Readonly<Record<Side, Measured>>;

export interface Measurements {
  readonly serial: Readonly<Record<LatencyEndpoint, readonly Pair[]>>;
  readonly concurrent: Readonly<Record<LatencyEndpoint, readonly Pair[]>>;
  readonly history: Readonly<Record<Side, HistorySize>>;
  readonly failover: Failover;
  readonly childTier: Failover;
}

export interface Report {
  readonly latencyRatio: { readonly serial: number; readonly concurrent: number; readonly at: 500 };
  readonly latencyRatioAtZero: number;
  readonly throughputRatio: number;
  readonly historyBytesPerStep: number;
  readonly eventsPerStep: number;
  readonly failoverAddedMs: number;
  readonly childTierAddedMs: number;
  /** Medians behind the ratios, ms per step and steps per second. */
  readonly measured: {
    readonly serialMs: Readonly<Record<LatencyEndpoint, Readonly<Record<Side, number>>>>;
    readonly concurrentMs: Readonly<Record<LatencyEndpoint, Readonly<Record<Side, number>>>>;
    readonly stepsPerSecond: Readonly<Record<Side, number>>;
    readonly bareHistory: HistorySize;
  };
}

export function reportOf({ serial, concurrent, history, failover, childTier }: Measurements): Report {
  return {
    latencyRatio: { serial: ratioOf(serial.at500), concurrent: ratioOf(concurrent.at500), at: 500 },
    latencyRatioAtZero: ratioOf(serial.at0),
    throughputRatio: round(
      medianOf(concurrent.at0.map(({ durable, bare }) => durable.stepsPerSecond / bare.stepsPerSecond)),
      3,
    ),
    historyBytesPerStep: Math.round(history.durable.bytesPerStep),
    eventsPerStep: round(history.durable.eventsPerStep, 1),
    failoverAddedMs: round(failover.addedMs, 1),
    childTierAddedMs: round(childTier.addedMs, 1),
    measured: {
      serialMs: timesOf(serial),
      concurrentMs: timesOf(concurrent),
      stepsPerSecond: {
        durable: round(medianOf(concurrent.at0.map(({ durable }) => durable.stepsPerSecond)), 1),
        bare: round(medianOf(concurrent.at0.map(({ bare }) => bare.stepsPerSecond)), 1),
      },
      bareHistory: history.bare,
    },
  };
}

/** The median of the pairs' own ratios: one pair that met a busy moment does not decide. */
function ratioOf(pairs: readonly Pair[]): number {
  return round(medianOf(pairs.map(({ durable, bare }) => durable.stepMs / bare.stepMs)), 3);
}

type Times = Record<LatencyEndpoint, Record<Side, number>>;

function timesOf(pairs: Readonly<Record<LatencyEndpoint, readonly Pair[]>>): Times {
  const sideOf = (endpoint: LatencyEndpoint, side: Side): number =>
    round(medianOf(pairs[endpoint].map((pair) => pair[side].stepMs)), 2);
  const bothOf = (endpoint: LatencyEndpoint): Record<Side, number> => ({
    durable: sideOf(endpoint, 'durable'),
    bare: sideOf(endpoint, 'bare'),
  });
  return { at0: bothOf('at0'), at50: bothOf('at50'), at500: bothOf('at500') };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
