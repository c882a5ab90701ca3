/** The shipped quotas, so many times: what is measured is pipelines under faults, not a small account's limits. */
import { parseYaml } from '../../src/config/parse-yaml';
import { limitDimensions } from '../../src/contracts/settings';

type Entries = Record<string, unknown>;

/** Limits by dimension, whatever else there is untouched. Numbers of a config may be written `60_000`. */
export function scaleLimits(limits: Readonly<Entries>, factor: number): Entries {
  const scaled = limitDimensions.flatMap((dimension) => {
    const value = limits[dimension] as string | number | undefined;
    return value === undefined ? [] : [[dimension, Number(String(value).replaceAll('_', '')) * factor] as const];
  });
  return { ...limits, ...Object.fromEntries(scaled) };
}

/** A config as JSON, which is YAML. */
export function scaleQuotas(config: string, factor: number): string {
  const parsed = parseYaml(config);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ text }) => text).join('; '));
  const { endpoints, ...others } = parsed.value as { readonly endpoints: Record<string, Entries> };
  const scaled = Object.entries(endpoints).map(([name, endpoint]) => {
    const limits = scaleLimits(endpoint['limits'] as Entries, factor);
    return [name, { ...endpoint, limits }] as const;
  });
  return JSON.stringify({ endpoints: Object.fromEntries(scaled), ...others });
}
