/**
 * The limits of a simulated endpoint, also without its server: a benchmark brings a clock of its own and asks
 * `admit` at any virtual time.
 */
import type { Clock } from '../clock';
import { EndpointLimiter } from './endpoint-limiter';
import type { LimiterSettings } from './endpoint-limiter';

export type { CallSize, Claim, Dimension, EndpointLimiter, LimiterSettings, Refusal } from './endpoint-limiter';
export type { LimitInput, LimitSettings, WindowSettings } from './limit-settings';
export { requestWindows, tokenWindows } from './window-kinds';

/** The seed, with the endpoint's name, decides the phases of windows. */
export function createLimiter(settings: LimiterSettings, clock: Clock, seed: number): EndpointLimiter {
  return new EndpointLimiter(settings, clock, seed);
}
