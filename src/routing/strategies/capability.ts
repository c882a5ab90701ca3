import { ranksOf } from '../strategy';
import type { Strategy } from '../strategy';

/** The smallest model first that suffices for the request; below those that suffice, the largest first. */
export const capability: Strategy = ({ options, wantedSize }) =>
  ranksOf(options.map(({ size }) => (size >= wantedSize ? size : 2 - size)));
