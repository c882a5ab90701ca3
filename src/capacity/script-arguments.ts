/** What the scripts are given, in the form their headers name. */
import type { CapacityCandidate, ReserveRequest, Settlement } from '../contracts/capacity';
import type { CapacitySettings, Lane, Priority } from '../contracts/settings';
import { aheadOfPacificMs } from './pacific-day';
import { packNumbers } from './pack-numbers';
import { windowMsOf } from './pacing';
import { actualOf, faultOf, pauseOf, readingsOf } from './settlement';

/** How long the offset of the provider's day is taken for granted. */
const offsetKeptMs = 60_000;
const notGiven = -1;

/** The settings of a process, packed; computed anew once a minute, since the provider's day moves with its clock. */
export function settingsArgument(capacity: CapacitySettings): (nowMs: number) => Buffer {
  let packed: Buffer | undefined;
  let packedAtMs = 0;
  return (nowMs) => {
    if (packed !== undefined && Math.abs(nowMs - packedAtMs) < offsetKeptMs) return packed;
    packedAtMs = nowMs;
    packed = packNumbers([
      capacity.jitterMs,
      windowMsOf(capacity.jitterMs),
      capacity.leaseMs,
      Math.max(...Object.values(capacity.maxWaitMs)),
      capacity.retryBudgetShare,
      capacity.retryBudgetFloor,
      capacity.batchAheadMs,
      capacity.batchMinimumShare,
      capacity.standardMinimumShare,
      capacity.interactiveFloorShare,
      capacity.maxWaitMs.batch,
      aheadOfPacificMs(nowMs),
    ]);
    return packed;
  };
}

const firstLevels: Readonly<Record<Lane, number>> = { interactive: 1, batch: 3 };

/** 1 interactive premium, 2 interactive standard, 3 batch premium, 4 batch standard. */
function levelOf(lane: Lane, priority: Priority): number {
  return firstLevels[lane] + (priority === 'premium' ? 0 : 1);
}

export function callArgument(request: ReserveRequest, capacity: CapacitySettings): Buffer {
  const { tenants, defaultTenant } = capacity;
  const tenant = (Object.hasOwn(tenants, request.tenant) ? tenants[request.tenant] : undefined) ?? defaultTenant;
  return packNumbers([
    Math.floor(request.maxWaitMs),
    request.isRetry === true ? 1 : 0,
    levelOf(request.lane, request.priority ?? tenant.priority),
    tenant.weight,
    request.spillAfterMs ?? 0,
    request.overload?.expectedWaitMs ?? notGiven,
    request.overload?.backlog ?? notGiven,
    request.queues === false ? 0 : 1,
  ]);
}

export function candidatesArgument(candidates: readonly CapacityCandidate[]): Buffer {
  return packNumbers(
    candidates.flatMap(({ cost, rank = 0, weight = 1 }) => [
      Math.ceil(cost.tokens),
      Math.ceil(cost.inputTokens ?? cost.tokens),
      Math.ceil(cost.outputTokens ?? 0),
      rank,
      weight,
    ]),
  );
}

export function settlementArguments(settlement: Settlement): (string | number | Buffer)[] {
  const actual = actualOf(settlement);
  const pause = pauseOf(settlement);
  const fault = faultOf(settlement);
  const { latencyMs = notGiven, costUsd = '', limits } = settlement;
  const call = packNumbers([
    actual.tokens ?? notGiven,
    actual.inputTokens ?? notGiven,
    actual.outputTokens ?? notGiven,
    pause.groupMs,
    pause.endpointMs,
    settlement.outcome === 'rateLimited' ? 1 : 0,
    fault === undefined ? notGiven : Number(fault),
    Math.round(latencyMs),
  ]);
  return [call, costUsd, packNumbers(readingsOf(limits))];
}
