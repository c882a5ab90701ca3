import type { Strategy } from '../strategy';

/** Each in turn, by a counter of this process: many workers start anywhere in the round and come out even. */
export const roundRobin: Strategy = ({ options, turn }) =>
  options.map((_, index) => (index + options.length - (turn % options.length)) % options.length);
