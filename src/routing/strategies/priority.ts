import type { Strategy } from '../strategy';

/** In the order of the pool: the next one only takes what the one before cannot start soon enough. */
export const priority: Strategy = ({ options }) => options.map((_, index) => index);
