import type { Random } from '../random';
import type { InputRecord } from '../read-input';
import type { Writer } from './writer';

/** One answer in the making. */
export interface Filling {
  readonly root: InputRecord;
  readonly writer: Writer;
  readonly random: Random;
  /** 1: as long as usual; below 1: no longer than was asked for; 0: as short as the schema lets it be. */
  readonly generosity: number;
}
