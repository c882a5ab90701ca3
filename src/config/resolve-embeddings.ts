/**
 * What `embed` takes. Vectors of two models mean nothing to each other and nobody would see it, so a pool that embeds
 * has one model, and what answers prompts does not embed.
 */
import type { EmbeddingSettings } from '../contracts/settings';
import { didYouMean } from './closest';
import type { EmbeddingEntry } from './embedding-schema';
import type { Problem } from './problems';
import type { ResolvedPools } from './resolve-pools';
import { timeoutProblems, timeoutsOf } from './resolve-steps';
import { poolsOf } from './resolve-tiers';
import type { ConfigFile } from './schema';

export interface ResolvedEmbeddings {
  readonly embeddings: ReadonlyMap<string, EmbeddingSettings>;
  readonly problems: readonly Problem[];
  /** What was left out because no endpoint of its pool can be used. */
  readonly warnings: readonly Problem[];
}

export function resolveEmbeddings(file: ConfigFile, { pools }: ResolvedPools): ResolvedEmbeddings {
  const embeddings = new Map<string, EmbeddingSettings>();
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const [name, entry] of Object.entries(file.embeddings)) {
    const path = ['embeddings', name];
    const found = problemsOf(name, entry, file);
    problems.push(...found);
    if (found.length > 0) continue;
    if (pools.has(entry.pool)) embeddings.set(name, toSettings(name, entry, file));
    else warnings.push({ path, text: `left out: no endpoint of pool "${entry.pool}" can be used` });
  }
  return { embeddings, problems, warnings };
}

function problemsOf(name: string, entry: EmbeddingEntry, file: ConfigFile): Problem[] {
  const path = ['embeddings', name];
  const bounds = { timeouts: timeoutsOf(entry, file.defaults.timeouts), journalTtlMs: file.journal.ttl };
  return [
    ...(Object.hasOwn(file.steps, name) ? [{ path, text: 'there is a step of this name already' }] : []),
    ...poolTexts(entry, file).map((text) => ({ path: [...path, 'pool'], text })),
    ...timeoutProblems(path, { tiers: [] }, bounds),
  ];
}

function poolTexts({ pool }: EmbeddingEntry, file: ConfigFile): string[] {
  if (!Object.hasOwn(file.pools, pool)) return [`unknown pool "${pool}"${didYouMean(pool, Object.keys(file.pools))}`];
  const names = file.pools[pool]?.endpoints ?? [];
  const endpoints = names.flatMap((name) => (file.endpoints[name] ? [{ name, ...file.endpoints[name] }] : []));
  const models = [...new Set(endpoints.map(({ model }) => model))];
  const without = endpoints.find(({ provider }) => provider === 'anthropic');
  const responses = endpoints.find(({ api }) => api === 'responses');
  const step = Object.entries(file.steps).find(([, { tiers }]) => tiers.flatMap(poolsOf).includes(pool));
  return [
    ...(without ? [`endpoint "${without.name}" cannot embed: Anthropic has no embedding models`] : []),
    ...(responses ? [`endpoint "${responses.name}" has "api: responses", which does not embed; leave api out`] : []),
    ...(models.length > 1
      ? [`expected one model in pool "${pool}", received ${models.join(' and ')}: their vectors cannot be compared`]
      : []),
    ...(step ? [`pool "${pool}" is also that of step ${step[0]}: a model that embeds answers no prompt`] : []),
  ];
}

function toSettings(name: string, entry: EmbeddingEntry, file: ConfigFile): EmbeddingSettings {
  const { pool, dimensions, lane, cached, maximumAttempts = file.defaults.maximumAttempts[lane] } = entry;
  const model = file.endpoints[file.pools[pool]?.endpoints[0] ?? '']?.model ?? '';
  return {
    name,
    pool,
    model,
    dimensions,
    lane,
    ...(cached !== undefined && { cachedMs: cached }),
    timeouts: timeoutsOf(entry, file.defaults.timeouts),
    maximumAttempts,
  };
}
