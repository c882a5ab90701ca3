/** The run `holdfast dev` shows: a fresh one, or the one that was under way when the stack was last stopped. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HoldfastClient, RunHandle } from '../../client';
import type { ResearchInput } from '../../contracts/pipelines/research-report';
import { HoldfastError } from '../../errors';
import { freshId } from '../fresh-id';

export const devPipeline = 'researchReport';

export interface DevRun {
  readonly run: RunHandle;
  readonly runId: string;
  readonly isContinued: boolean;
}

export interface DevRunOptions {
  readonly client: HoldfastClient;
  readonly input: ResearchInput;
  /** An unfinished run may be gone on with instead of starting one. */
  readonly mayContinue: boolean;
  /** Remembers the run between two starts of the stack. */
  readonly memoryFile?: string;
}

export async function startOrContinue({ client, input, mayContinue, memoryFile }: DevRunOptions): Promise<DevRun> {
  const remembered = mayContinue && memoryFile !== undefined ? readMemory(memoryFile) : undefined;
  if (remembered !== undefined) {
    const run = client.run(remembered);
    const open = await openRunId(run);
    if (open !== undefined) return { run, runId: open, isContinued: true };
  }
  const run = await client.start(devPipeline, input, { id: freshId('dev') });
  if (memoryFile !== undefined) writeMemory(memoryFile, run.workflowId);
  return { run, runId: (await run.describe()).runId, isContinued: false };
}

async function openRunId(run: RunHandle): Promise<string | undefined> {
  try {
    const { state, runId } = await run.describe();
    return state === 'RUNNING' ? runId : undefined;
  } catch (error) {
    // Another Temporal, or its database was removed.
    if (error instanceof HoldfastError && error.type === 'Pipeline.NotFound') return undefined;
    throw error;
  }
}

function readMemory(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function writeMemory(file: string, workflowId: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${workflowId}\n`);
}
