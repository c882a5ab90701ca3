/** A folder with somebody's own pipelines: `app.mts`, `workflows.ts` and, where they have any, `holdfast.yaml` and `prompts/`. */
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import type { AppPipeline, HoldfastApp, SchemaDefinition } from '../contracts/app';
import type { PipelineContract } from '../contracts/pipelines/contract';
import { HoldfastError } from '../errors/holdfast-error';

export interface LoadedApp {
  readonly folder: string;
  readonly pipelines: readonly PipelineContract[];
  readonly schemas: Readonly<Record<string, SchemaDefinition>>;
  readonly activities: NonNullable<HoldfastApp['activities']>;
  readonly taskQueue: string;
  readonly workflowsPath: string;
  /** Absent: the shipped ones are used. */
  readonly configFile?: string;
  readonly promptsDirectory?: string;
}

const endings = ['.mts', '.ts', '.cts', '.mjs', '.js', '.cjs'];
const loaded = new Map<string, LoadedApp>();

/**
 * The app in the folder that `HOLDFAST_APP` names; undefined without one. Its module is loaded once per process.
 * Throws `Config.Invalid` naming the file and what is wrong.
 */
export function loadApp(environment: NodeJS.ProcessEnv): LoadedApp | undefined {
  const named = environment['HOLDFAST_APP'];
  if (!named) return undefined;
  const folder = resolve(named);
  const app = loaded.get(folder) ?? readApp(folder);
  loaded.set(folder, app);
  return app;
}

function readApp(folder: string): LoadedApp {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw invalid(folder, 'there is no such folder (HOLDFAST_APP, --app)');
  const file = findFile(folder, 'app');
  const { pipelines, schemas = {}, activities = {}, taskQueue = basename(folder) } = checked(file, importFile(file));
  const configFile = join(folder, 'holdfast.yaml');
  const promptsDirectory = join(folder, 'prompts');
  return {
    folder,
    pipelines: pipelines.map((pipeline) => toContract(pipeline)),
    schemas,
    activities,
    taskQueue,
    workflowsPath: findFile(folder, 'workflows'),
    ...(existsSync(configFile) && { configFile }),
    ...(existsSync(promptsDirectory) && { promptsDirectory }),
  };
}

function findFile(folder: string, name: string): string {
  const found = endings.map((ending) => join(folder, name + ending)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw invalid(
    folder,
    `expected a file ${name}.mts (or ${endings.slice(1).join(', ')}); docs/your-first-pipeline.md has one`,
  );
}

/** Node reads TypeScript and ES modules itself, in whichever of them the file is written. */
function importFile(file: string): unknown {
  try {
    return (createRequire(file)(file) as { default?: unknown }).default;
  } catch (error) {
    throw invalid(file, `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function checked(file: string, value: unknown): HoldfastApp {
  const { pipelines, schemas = {}, taskQueue = '-' } = (value ?? {}) as Partial<HoldfastApp>;
  if (!Array.isArray(pipelines))
    throw invalid(file, 'expected `export default defineApp({ pipelines: [ … ] })` (from "holdfast")');
  for (const [index, pipeline] of (pipelines as unknown[]).entries()) {
    const { name, description } = (pipeline ?? {}) as Partial<AppPipeline>;
    if (typeof name !== 'string' || typeof description !== 'string')
      throw invalid(file, `pipelines[${index}]: expected a name (its workflow function) and a description`);
  }
  const odd = Object.entries(schemas).find(
    ([, schema]) => typeof (schema as Partial<SchemaDefinition> | undefined)?.safeParse !== 'function',
  );
  if (odd !== undefined) throw invalid(file, `schemas.${odd[0]}: expected a zod schema`);
  if (typeof taskQueue !== 'string' || taskQueue === '') throw invalid(file, 'taskQueue: expected its name');
  return value as HoldfastApp;
}

function toContract({ input, parseInput, ...contract }: AppPipeline): PipelineContract {
  if (parseInput !== undefined) return { ...contract, parseInput };
  return { ...contract, parseInput: (value) => (input === undefined ? value : parsed(contract.name, input, value)) };
}

function parsed(pipeline: string, schema: SchemaDefinition, value: unknown): unknown {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  const message = `input of ${pipeline}: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'does not match its schema'}`;
  throw new HoldfastError('Pipeline.InvalidInput', message, { pipeline, ...(path !== '' && { field: path }) });
}

function invalid(file: string, problem: string, cause?: unknown): HoldfastError {
  return new HoldfastError('Config.Invalid', `${file}: ${problem}`, { file }, { cause });
}
