/** `holdfast/testing`: the provider simulator for the tests of your own pipelines. */
export { controlSimulator, startSimulator } from '../simulator';
export type { EndpointInput, FaultInput, LedgerEntry, SimulatorControl, SimulatorOptions, Summary } from '../simulator';
