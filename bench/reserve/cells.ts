/** What is measured: which pools, how full, from how many processes. */
import type { CellSet } from './options';

export interface Cell {
  /** Endpoints of the pool, each with a quota of its own. */
  readonly endpoints: number;
  /** Reservations that are alive throughout, spread evenly over the endpoints. */
  readonly live: number;
  /** Client processes that reserve side by side. */
  readonly processes: number;
  /**
   * `open`: the limits are never met, so each call is granted at once. `full`: every endpoint is booked as far ahead as
   * its callers wait, so each call searches the ledgers and nearly all are told to come back.
   */
  readonly load: 'open' | 'full';
}

/** Reserve calls under way at a time, over all processes: the same whatever their number, so that rows compare. */
export const inFlight = 32;

type Block = Pick<Cell, 'endpoints'> & { readonly live: readonly number[]; readonly processes: readonly number[] };

const sets: Readonly<Record<CellSet, readonly Block[]>> = {
  // The pool of the target comes first: if the time runs out, it has been measured.
  full: [
    { endpoints: 8, live: [0, 10_000, 100_000], processes: [1, 2, 4] },
    { endpoints: 1, live: [0, 10_000, 100_000], processes: [1, 4] },
    { endpoints: 32, live: [0, 10_000, 100_000], processes: [1, 4] },
  ],
  small: [{ endpoints: 8, live: [0, 10_000], processes: [1, 2] }],
};

/** Cells of one pool stand together, in order of growing `live`: what is alive is only ever added to. */
export function cellsOf(set: CellSet): readonly Cell[] {
  return sets[set].flatMap(({ endpoints, live, processes }) => [
    ...live.flatMap((alive) =>
      processes.map((count): Cell => ({ endpoints, live: alive, processes: count, load: 'open' })),
    ),
    { endpoints, live: 0, processes: Math.max(...processes), load: 'full' } as const,
  ]);
}

/** Cells that share their reservations, in order. */
export function poolsOf(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  return [...Map.groupBy(cells, ({ endpoints, load }) => `${endpoints}-${load}`).values()];
}
