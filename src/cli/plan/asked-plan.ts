/** A load as a person describes it: what is left out is completed from the configuration. */

export interface AskedCall {
  /** A step of the configuration, or with `pool` a name of your own. */
  readonly step?: string;
  readonly pool?: string;
  /** Per run. Default 1. */
  readonly calls?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly maxOutputTokens?: number;
  readonly seconds?: number;
}

export interface AskedPipeline {
  readonly name: string;
  readonly perHour?: number;
  readonly count?: number;
  /** Start from what a run of the shipped pipeline usually calls; `calls` then say what is different. */
  readonly fromUsual: boolean;
  readonly calls: readonly AskedCall[];
}

/** What each number must be. */
export const expectations = {
  perHour: { text: 'a number above 0', holds: isAboveZero },
  count: { text: 'a whole number above 0', holds: (value: number) => isAboveZero(value) && Number.isInteger(value) },
  calls: { text: 'a number of 0 or more', holds: (value: number) => value >= 0 },
  inputTokens: { text: 'a whole number of 0 or more', holds: isTokenCount },
  outputTokens: { text: 'a whole number of 0 or more', holds: isTokenCount },
  maxOutputTokens: { text: 'a whole number of 0 or more', holds: isTokenCount },
  seconds: { text: 'a number above 0', holds: isAboveZero },
} as const;

function isAboveZero(value: number): boolean {
  return value > 0;
}

function isTokenCount(value: number): boolean {
  return value >= 0 && Number.isInteger(value);
}

/** Digits may be grouped as in the configuration: `150_000`, also `150,000`. Undefined for anything else. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^(\d+|\d{1,3}([_,]\d{3})+)(\.\d+)?$/.test(value)) return undefined;
  return Number(value.replaceAll(/[_,]/g, ''));
}
