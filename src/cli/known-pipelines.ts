import { loadApp } from '../config/load-app';
import { shippedPipelines } from '../contracts/pipelines/catalogue';
import type { PipelineContract } from '../contracts/pipelines/contract';

/** The shipped pipelines and those of the app. Throws `Config.Invalid`. */
export function knownPipelines(): readonly PipelineContract[] {
  return [...shippedPipelines, ...(loadApp(process.env)?.pipelines ?? [])];
}
