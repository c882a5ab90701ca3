/** Letters, invoices and agreements with their known answers. The same seed gives the same documents, byte for byte. */
import { createRandom } from '../../src/simulator/random';
import type { Answer } from './document';
import { Draw } from './draw';
import { agreements } from './layouts/agreements';
import { invoices } from './layouts/invoices';
import { letters } from './layouts/letters';
import { scan } from './scan';
import type { Grade } from './scan';

export interface KnownDocument {
  readonly id: string;
  readonly layout: string;
  readonly isHeldOut: boolean;
  /** 0 a clean copy, 3 a bad one. */
  readonly noise: Grade;
  readonly text: string;
  readonly answer: Answer;
}

export const layouts = [...invoices, ...letters, ...agreements];
/** Of eleven copies of a layout: three clean ones, two bad ones. */
const noises: readonly Grade[] = [0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3];

export function generateDocuments(seed: number): KnownDocument[] {
  return layouts.flatMap(({ name, language, isHeldOut, write }) =>
    noises.map((noise, index): KnownDocument => {
      const id = `${name}-${String(index + 1).padStart(2, '0')}`;
      const { lines, answer } = write(new Draw(createRandom(seed, id), language));
      return { id, layout: name, isHeldOut, noise, text: scan(lines, noise, createRandom(seed, id, 'scan')), answer };
    }),
  );
}
