/** Bundled for Temporal's sandbox by path. */
export { placeOrder } from '../../examples/effects/workflows';
