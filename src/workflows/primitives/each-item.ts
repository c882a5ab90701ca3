/**
 * Within an item of a chunk the openings of a step are counted for that item, whatever the others do meanwhile. Then a
 * chunk that is run again, by an operator's reset of its run, finds every answer in the journal although its items end
 * in another order.
 */
import { CancellationScope } from '@temporalio/workflow';
import { occurrenceInList, openingsPerItem } from '../../contracts/ids';
import { HoldfastError } from '../../errors/holdfast-error';

interface Place {
  readonly list: number;
  readonly item: number;
}

export class ItemScope extends CancellationScope {
  private readonly openings = new Map<string, number>();

  constructor(private readonly place: Place) {
    super();
  }

  occurrenceOf(step: string): number {
    const opening = this.openings.get(step) ?? 0;
    if (opening >= openingsPerItem) {
      const message = `item ${this.place.item} opens ${step} more than ${openingsPerItem} times`;
      throw new HoldfastError('Pipeline.LoopLimit', message);
    }
    this.openings.set(step, opening + 1);
    return occurrenceInList({ ...this.place, opening });
  }
}

/** The item whose work is executing; undefined outside of a chunk. */
export function currentItem(): ItemScope | undefined {
  let scope: CancellationScope | undefined = CancellationScope.current();
  while (scope !== undefined && !(scope instanceof ItemScope)) scope = scope.parent;
  return scope;
}
