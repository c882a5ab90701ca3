/** The pairwise subset: each two values of provider, limiter variant, regions and overload meet in at least one cell. */
import { peerNames } from '../clients/peers';
import { quickCells, variantName, variants } from '../matrix';
import type { Cell } from '../matrix';
import type { RealTimeCell } from './messages';

const combinations = [
  { regions: 1, overload: 1.2 },
  { regions: 3, overload: 3 },
  { regions: 1, overload: 3 },
  { regions: 3, overload: 1.2 },
] as const;
/** Three regions make nine requests per second; the quotas of both hold the largest request within 5 %. */
const perSecond = { one: 5, several: 3 } as const;
/** Every peer, and the engine beside them, on the same. */
const peerCell: Cell = { provider: 'openai', binding: 'tokens', window: 'slidingMinute', regions: 1, overload: 1.2 };

/** The day's quota is left to virtual time: midnight does not come when it is needed. */
export const pairwiseCells: readonly Cell[] = [...Map.groupBy(variants, variantName).values()].flatMap((same, row) =>
  same.flatMap((variant, column): Cell[] => {
    const combination = combinations[(row + column) % combinations.length];
    return combination === undefined || variant.binding === 'daily' ? [] : [{ ...variant, ...combination }];
  }),
);

/** In batches that run one after the other, so that two processors carry what is under way. */
export function realTimeBatches(isQuick: boolean, isWanted: (cell: Cell) => boolean): RealTimeCell[][] {
  const cells = (isQuick ? quickCells.filter(({ binding }) => binding !== 'daily') : pairwiseCells).filter(isWanted);
  const own = cells.map((cell, index) => toRealTime(cell, index, 'holdfast'));
  const peers = isWanted(peerCell)
    ? (['holdfast', ...peerNames] as const).map((contender) => toRealTime(peerCell, 0, contender))
    : [];
  const batches = Math.max(1, Math.ceil(own.length / cellsPerBatch));
  const all = Array.from({ length: batches }, (): RealTimeCell[] => []);
  // In turn: neighbours of the matrix, which are alike, do not all run at the same time.
  for (const [index, cell] of [...own, ...peers].entries()) all[index % batches]?.push(cell);
  return all;
}

export const cellsPerBatch = 15;

function toRealTime(cell: Cell, index: number, contender: RealTimeCell['contender']): RealTimeCell {
  const name = contender === 'holdfast' ? `cell-${index + 1}` : contender;
  const isPeerCell = cell === peerCell;
  return {
    id: isPeerCell && contender === 'holdfast' ? 'beside-peers' : name,
    cell,
    contender,
    seed: index + 1,
    perSecond: cell.regions === 1 ? perSecond.one : perSecond.several,
  };
}
