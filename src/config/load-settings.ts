/** Reads the configuration once, when a process starts. What it returns never changes. */
import { readFileSync, statSync } from 'node:fs';
import type { CapacitySettings, Settings } from '../contracts/settings';
import { deepFreeze } from './deep-freeze';
import { largestFileBytes, parseYaml } from './parse-yaml';
import { formatProblem, invalidConfig, problemsOf, type Problem } from './problems';
import { resolveEmbeddings } from './resolve-embeddings';
import { resolveEndpoints, type Environment } from './resolve-endpoints';
import { resolvePools } from './resolve-pools';
import { resolveSteps } from './resolve-steps';
import { settingsSchema, type ConfigFile } from './schema';

export interface SettingsSource {
  /** Path of the YAML file, absolute or from the working directory; messages repeat it as given. */
  readonly file: string;
  /** Where the variables named by `apiKeyEnv` and `baseUrlEnv` are looked up: `process.env`. */
  readonly environment: Environment;
}

/**
 * Loads, validates, completes and freezes the settings.
 * Throws `Config.Invalid` with one line per problem: file, path, what was expected and what was received.
 */
export function loadSettings({ file, environment }: SettingsSource): Settings {
  const parsed = parseYaml(readConfigFile(file));
  if (!parsed.ok) throw invalidConfig(file, parsed.problems);
  const checked = settingsSchema.safeParse(parsed.value, { reportInput: true });
  if (!checked.success) throw invalidConfig(file, problemsOf(checked.error.issues));
  return deepFreeze(resolveSettings(file, checked.data, environment));
}

function readConfigFile(file: string): string {
  const refuse = (text: string, cause?: unknown) => invalidConfig(file, [{ path: [], text }], cause);
  let bytes: number;
  let text: string;
  try {
    bytes = statSync(file).size;
    text = bytes > largestFileBytes ? '' : readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw refuse('there is no such file; run from the project folder, or give the path of the configuration', error);
    }
    throw refuse(`the file cannot be read (${code})`, error);
  }
  if (bytes > largestFileBytes) throw refuse(`expected at most ${largestFileBytes} bytes, received ${bytes}`);
  if (text.trim() === '') throw refuse('the file is empty; expected endpoints, pools and steps');
  return text;
}

function resolveSettings(file: string, entries: ConfigFile, environment: Environment): Settings {
  const endpoints = resolveEndpoints(entries.endpoints, environment);
  const pools = resolvePools(entries, endpoints);
  const steps = resolveSteps(entries, endpoints, pools);
  const embeddings = resolveEmbeddings(entries, pools);
  const problems = [...endpoints.problems, ...pools.problems, ...steps.problems, ...embeddings.problems];
  if (problems.length > 0) throw invalidConfig(file, problems);
  const leftOut = [...endpoints.leftOut].map(([name, variables]): Problem => {
    return { path: ['endpoints', name], text: `left out: ${variables.join(' and ')} not set` };
  });
  return {
    file,
    endpoints: Object.fromEntries(endpoints.endpoints),
    pools: Object.fromEntries(pools.pools),
    steps: Object.fromEntries(steps.steps),
    embeddings: Object.fromEntries(embeddings.embeddings),
    capacity: toCapacity(entries.capacity),
    journalTtlMs: entries.journal.ttl,
    defaults: { parameters: entries.defaults.parameters },
    warnings: [...leftOut, ...steps.warnings, ...embeddings.warnings].map((warning) => formatProblem(file, warning)),
  };
}

function toCapacity(entry: ConfigFile['capacity']): CapacitySettings {
  const { tenants, defaultTenant, onStoreDown, limitsVersion } = entry;
  return {
    maxWaitMs: entry.maxWait,
    batchAheadMs: entry.batchAhead,
    batchMinimumShare: entry.minimumShare.batch,
    standardMinimumShare: entry.minimumShare.standard,
    interactiveFloorShare: entry.interactiveFloor,
    tenants,
    defaultTenant,
    onStoreDown,
    limitsVersion,
    leaseMs: entry.lease,
    jitterMs: entry.jitter,
    retryBudgetShare: entry.retryBudget.share,
    retryBudgetFloor: entry.retryBudget.floor,
  };
}
