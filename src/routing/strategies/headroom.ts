import type { Strategy } from '../strategy';

/** No preference: of the endpoints that can start first, the engine takes the one with the most room × weight. */
export const headroom: Strategy = ({ options }) => options.map(() => 0);
