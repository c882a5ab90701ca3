/** The real-time part: processes with callers, the simulator over HTTP, and a result out of the simulator's ledger. */
import { controlSimulator } from '../../../src/simulator';
import type { LedgerEntry, SimulatorControl } from '../../../src/simulator';
import { capacitySettings } from '../capacity-settings';
import { round } from '../judge';
import { measureRun, percentile } from '../measure';
import type { Period, RunResult, SeenRequest } from '../measure';
import { planOf } from '../plan';
import type { Plan } from '../plan';
import { createPopulation, realTimeSizes } from '../population';
import type { BenchProcess } from '../processes';
import { addTally, newTally } from '../tally';
import { accountOf, wallNow } from './http-world';
import type { RealTimeCell, RealTimeReport } from './messages';

export interface RealTimeOptions {
  readonly processes: readonly BenchProcess[];
  /** Of the peer that brings a server of its own. */
  readonly temporal: { readonly process: BenchProcess; readonly address: string } | undefined;
  readonly redisUrl: string;
  readonly simulatorUrl: string;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

/** How late requests reached the provider, from the start they were given. */
export interface Dispatch {
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Later than the jitter the engine plans for: what comes of those is the machine's doing. */
  readonly late: number;
}

export interface RealTimeRun {
  readonly cell: RealTimeCell;
  readonly result: RunResult;
  readonly dispatch: Dispatch;
}

export interface ProcessHealth {
  readonly eventLoopP99Ms: number;
  readonly eventLoopMaxMs: number;
  readonly processorShare: number;
}

/** Workers and a bundle have to be up before arrivals begin. */
const leadMs = { plain: 2_000, temporal: 15_000 } as const;

export async function runBatch(
  cells: readonly RealTimeCell[],
  options: RealTimeOptions,
): Promise<{ runs: RealTimeRun[]; health: ProcessHealth[] }> {
  const { simulatorUrl, redisUrl, processes, temporal, warmUpMs, measuredMs } = options;
  const simulator = controlSimulator(simulatorUrl);
  const plans = cells.map((cell) => ({ cell, plan: planFor(cell) }));
  for (const { cell, plan } of plans) {
    for (const [region, endpoint] of plan.provided.entries()) {
      await simulator.putEndpoint(accountOf(cell.id, region), endpoint);
    }
  }
  const temporalCells = cells.filter(({ contender }) => contender === 'temporalQueue');
  const startMs = wallNow() + (temporalCells.length > 0 ? leadMs.temporal : leadMs.plain);
  const shared = { simulatorUrl, startAtMs: startMs, endAtMs: startMs + warmUpMs + measuredMs };
  const orders = processes.map((process, index) =>
    process.tell({
      kind: 'realTime',
      ...shared,
      redisUrl,
      process: index,
      cells: cellsOf(cells, index, processes.length),
    }),
  );
  const peers = temporalCells.flatMap((cell) =>
    temporal === undefined
      ? []
      : [temporal.process.tell({ kind: 'temporalPeer', ...shared, address: temporal.address, cell })],
  );
  const reports = (await Promise.all([...orders, ...peers])).flatMap((answer) =>
    answer.kind === 'realTime' ? [answer.report] : [],
  );
  const runs: RealTimeRun[] = [];
  for (const { cell, plan } of plans) {
    const seen = await readLedger(simulator, cell, plan);
    runs.push(runOf(cell, plan, { seen, reports, period: { startMs, warmUpMs, measuredMs } }));
  }
  return { runs, health: reports.map(healthOf) };
}

function planFor({ cell, seed, perSecond }: RealTimeCell): Plan {
  return planOf(cell, { seed, population: createPopulation(seed, realTimeSizes), perSecond });
}

/** A peer's count is exact because all its callers share one process; `temporalQueue` has a process of its own. */
function cellsOf(cells: readonly RealTimeCell[], index: number, count: number) {
  return cells.flatMap((cell, position) => {
    if (cell.contender === 'holdfast') return [{ ...cell, share: 1 / count }];
    const isHere = cell.contender !== 'temporalQueue' && position % count === index;
    return isHere ? [{ ...cell, share: 1 }] : [];
  });
}

type Entry = SeenRequest & { readonly requestId: string };

async function readLedger(simulator: SimulatorControl, { id }: RealTimeCell, plan: Plan): Promise<Entry[]> {
  const entries = await Promise.all(
    plan.endpoints.map((_, region) => simulator.ledger({ endpoint: accountOf(id, region) })),
  );
  return entries.flat().map((entry) => ({
    atMs: entry.receivedAt,
    isAdmitted: entry.status !== 429,
    units: entry.status === 429 ? 0 : unitsOf(plan, entry),
    ...(entry.endedAt !== undefined && { endedAtMs: entry.endedAt }),
    requestId: entry.callId ?? '',
  }));
}

function unitsOf({ cell, endpoints }: Plan, entry: LedgerEntry): number {
  if (cell.binding === 'tokens')
    return endpoints[0]?.limits.tpm === undefined ? entry.inputTokens : entry.chargedTokens;
  return cell.binding === 'output' ? entry.outputTokens : 1;
}

interface Observed {
  readonly seen: readonly Entry[];
  readonly reports: readonly RealTimeReport[];
  readonly period: Period;
}

function runOf(cell: RealTimeCell, plan: Plan, { seen, reports, period }: Observed): RealTimeRun {
  const own = reports.flatMap((report) => report.cells.filter(({ id }) => id === cell.id));
  const tally = newTally();
  for (const report of own) addTally(tally, report.tally);
  const dueAt = new Map(own.flatMap(({ due }) => due));
  const measuredFromMs = period.startMs + period.warmUpMs;
  const delaysMs = seen.flatMap(({ requestId, atMs }) => {
    const due = dueAt.get(requestId);
    return due === undefined || atMs < measuredFromMs ? [] : [atMs - due];
  });
  return {
    cell,
    result: measureRun(plan, { ...period, seen, tally }),
    dispatch: {
      p99Ms: round(percentile(delaysMs, 0.99), 1),
      maxMs: round(percentile(delaysMs, 1), 1),
      late: delaysMs.filter((ms) => ms > capacitySettings.jitterMs).length,
    },
  };
}

function healthOf({ eventLoop, processorShare }: RealTimeReport): ProcessHealth {
  return {
    eventLoopP99Ms: round(eventLoop.p99Ms, 1),
    eventLoopMaxMs: round(eventLoop.maxMs, 1),
    processorShare: round(processorShare, 3),
  };
}
