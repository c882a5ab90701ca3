/**
 * What Temporal's visibility knows about a run, so that runs can be listed by it. The names are wire names: never changed,
 * only superseded. The values stand in the visibility store as they are, never encrypted.
 *
 * Small on purpose: PostgreSQL and SQLite have room for 10 keywords and 3 of every other kind per namespace.
 */
export const searchAttributes = {
  /** Of the run; a child workflow carries that of the pipeline that called the step. */
  pipeline: { name: 'HoldfastPipeline', type: 'KEYWORD' },
  tenant: { name: 'HoldfastTenant', type: 'KEYWORD' },
  /** The steps something is the matter with: on a fallback tier, failed, or what the run waits for. Of a tier: its step. */
  step: { name: 'HoldfastStep', type: 'KEYWORD_LIST' },
  degraded: { name: 'HoldfastDegraded', type: 'BOOL' },
  /** US dollars of the whole chain so far, as of the last change of another attribute or the end. */
  costUsd: { name: 'HoldfastCostUsd', type: 'DOUBLE' },
  /** See `runWaits`; empty while nothing is waited for. */
  waitingFor: { name: 'HoldfastWaitingFor', type: 'KEYWORD_LIST' },
} as const;

/** What a run waits for: an approval, an operator of a parked step, capacity for half a minute or longer. */
export const runWaits = ['person', 'operator', 'capacity'] as const;
export type RunWait = (typeof runWaits)[number];

const kinds = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList', BOOL: 'Bool', DOUBLE: 'Double' } as const;

export type SearchAttributeKind = (typeof kinds)[keyof typeof kinds];

/** `HoldfastPipeline` → `Keyword` and so on, in the words of Temporal's operator tools. */
export const searchAttributeKinds: Readonly<Record<string, SearchAttributeKind>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [name, kinds[type]]),
);

/** The command that registers all of them on a server of one's own; on Temporal Cloud the names and types are the same. */
export function registrationCommand(namespace: string): string {
  const options = Object.entries(searchAttributeKinds).map(([name, kind]) => `--name ${name} --type ${kind}`);
  return `temporal operator search-attribute create --namespace ${namespace} ${options.join(' ')}`;
}
