/** The peers' rows, and the oracle's own check: who knows no better must be refused. */
import type { PeerName } from './clients/peers';
import { round } from './judge';
import { variantName } from './matrix';
import type { Cell } from './matrix';
import type { RunResult } from './measure';

export interface PeerCell {
  readonly peer: PeerName;
  readonly cell: Cell;
  readonly run: RunResult;
}

interface PeerNumbers {
  readonly sent: number;
  readonly rateLimited: number;
  /** Of all requests the provider was sent. */
  readonly rateLimitedShare: number;
  /** Mean over the cells. */
  readonly utilisation: number;
  readonly leastUtilisation: number;
}

export interface PeerRow extends PeerNumbers {
  readonly peer: PeerName;
  /** Cells with at least one 429, and all. */
  readonly refusedCells: number;
  readonly cells: number;
  readonly byVariant: readonly (PeerNumbers & { readonly variant: string })[];
}

export function peerRows(measured: readonly PeerCell[]): PeerRow[] {
  return [...Map.groupBy(measured, ({ peer }) => peer)].map(([peer, cells]) => ({
    peer,
    ...numbersOf(cells),
    refusedCells: cells.filter(({ run }) => run.rateLimited > 0).length,
    cells: cells.length,
    byVariant: [...Map.groupBy(cells, ({ cell }) => variantName(cell))].map(([variant, own]) => ({
      variant,
      ...numbersOf(own),
    })),
  }));
}

function numbersOf(cells: readonly PeerCell[]): PeerNumbers {
  const sent = cells.reduce((sum, { run }) => sum + run.sent, 0);
  const rateLimited = cells.reduce((sum, { run }) => sum + run.rateLimited, 0);
  const uses = cells.map(({ run }) => run.utilisation);
  return {
    sent,
    rateLimited,
    rateLimitedShare: round(sent === 0 ? 0 : rateLimited / sent, 4),
    utilisation: round(uses.reduce((sum, use) => sum + use, 0) / uses.length, 4),
    leastUtilisation: round(Math.min(...uses), 4),
  };
}

/** A client this careless passes no oracle that is worth asking. */
const careless: readonly PeerName[] = ['reactiveRetry', 'minuteCounter', 'minuteBucket', 'bottleneck'];
const refusedShare = 0.001;

export function oracleViolations(rows: readonly PeerRow[]): string[] {
  return rows
    .filter(({ peer, rateLimitedShare }) => careless.includes(peer) && rateLimitedShare <= refusedShare)
    .map(({ peer, rateLimitedShare }) => `oracle: it refused only ${rateLimitedShare} of what ${peer} sent`);
}
