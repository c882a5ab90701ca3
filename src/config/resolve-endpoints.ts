/** Endpoints: defaults that depend on other fields, addresses and keys out of the environment, shared quotas. */
import { canonicalJson } from '../contracts/json';
import type { EndpointSettings, Limits } from '../contracts/settings';
import type { DatedPrice, Price } from '../contracts/usage';
import { profileOf } from './defaults';
import { endpointProblems } from './endpoint-problems';
import type { EndpointEntry } from './endpoint-schema';
import { urlProblem } from './endpoint-url';
import type { Problem } from './problems';
import type { ConfigFile } from './schema';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ResolvedEndpoints {
  readonly endpoints: ReadonlyMap<string, EndpointSettings>;
  /** Optional endpoints that cannot be used, with the variables they lack. */
  readonly leftOut: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Problem[];
}

export function resolveEndpoints(entries: ConfigFile['endpoints'], environment: Environment): ResolvedEndpoints {
  const endpoints = new Map<string, EndpointSettings>();
  const leftOut = new Map<string, readonly string[]>();
  const problems: Problem[] = quotaGroupProblems(entries);
  for (const [name, entry] of Object.entries(entries)) {
    problems.push(...endpointProblems(name, entry), ...environmentProblems(name, entry, environment));
    const missing = missingVariables(entry, environment);
    if (entry.optional && missing.length > 0) leftOut.set(name, missing);
    else endpoints.set(name, toSettings(name, entry, environment));
  }
  return { endpoints, leftOut, problems };
}

function toSettings(name: string, entry: EndpointEntry, environment: Environment): EndpointSettings {
  const { baseUrlEnv, optional: _optional, local: _local, ...rest } = entry;
  const baseUrl = entry.baseUrl ?? (baseUrlEnv === undefined ? undefined : valueOf(baseUrlEnv, environment));
  return {
    ...rest,
    name,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    quotaGroup: entry.quotaGroup ?? name,
    limits: toLimits(entry.limits),
    limitProfile: entry.limitProfile ?? profileOf[entry.provider],
    ...toPrices(entry.price),
    maxOutputTokens: entry.maxOutputTokens ?? entry.contextWindow,
  };
}

function toPrices(price: EndpointEntry['price']): Pick<EndpointSettings, 'price' | 'priceChanges'> {
  if (!Array.isArray(price)) return { price };
  const [first, ...changes] = price as [Price, ...DatedPrice[]];
  return { price: first, ...(changes.length === 0 ? {} : { priceChanges: changes }) };
}

function toLimits({ requestWindow, ...limits }: EndpointEntry['limits']): Limits {
  return requestWindow === undefined ? limits : { ...limits, requestWindowMs: requestWindow === '1s' ? 1_000 : 10_000 };
}

/** A variable that is set to nothing, as `.env` files do, is not set. */
function valueOf(variable: string, environment: Environment): string | undefined {
  const value = environment[variable];
  return value?.trim() === '' ? undefined : value;
}

function missingVariables(entry: EndpointEntry, environment: Environment): string[] {
  return [entry.baseUrlEnv, entry.apiKeyEnv]
    .filter((variable) => variable !== undefined)
    .filter((variable) => valueOf(variable, environment) === undefined);
}

function environmentProblems(name: string, entry: EndpointEntry, environment: Environment): Problem[] {
  const checks = [
    { field: 'baseUrlEnv', problemOf: (value: string) => urlProblem(value, entry.local) },
    { field: 'apiKeyEnv', problemOf: keyProblem },
  ] as const;
  return checks.flatMap(({ field, problemOf }): Problem[] => {
    const variable = entry[field];
    if (variable === undefined) return [];
    const path = ['endpoints', name, field];
    const value = valueOf(variable, environment);
    if (value !== undefined) {
      const text = problemOf(value);
      return text === undefined ? [] : [{ path, text: `environment variable ${variable}: ${text}` }];
    }
    if (entry.optional) return [];
    const text = `environment variable ${variable} is not set; set it, or mark the endpoint with "optional: true"`;
    return [{ path, text }];
  });
}

/** A key goes into a header as it is: a newline at its end, as files have, would make every call fail. */
function keyProblem(key: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'expected the key alone, without white space or special characters';
}

/** The limits belong to the group, so its members must agree on them. */
function quotaGroupProblems(entries: ConfigFile['endpoints']): Problem[] {
  const first = new Map<string, { name: string; limits: string }>();
  const problems: Problem[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const group = entry.quotaGroup ?? name;
    const limits = canonicalJson(entry.limits);
    const known = first.get(group);
    if (known === undefined) first.set(group, { name, limits });
    else if (known.limits !== limits) {
      const text = `expected the limits of ${known.name}, which shares the quota group "${group}"`;
      problems.push({ path: ['endpoints', name, 'limits'], text });
    }
  }
  return problems;
}
