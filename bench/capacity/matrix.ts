/** What is measured: every way a provider may count, × provider × regions × overload. */
import { requestWindows, tokenWindows } from '../../src/simulator';
import type { RequestWindow, TokenWindow } from '../../src/simulator/limits/window-kinds';

/** How a provider charges and what it tells; see `provider-styles.ts`. */
export const providerStyles = ['openai', 'anthropic', 'azure', 'gemini', 'selfHosted'] as const;
export type ProviderStyle = (typeof providerStyles)[number];

/** The dimension that runs out first; all others have room to spare. */
export const bindings = ['tokens', 'requests', 'output', 'daily', 'concurrency'] as const;
export type Binding = (typeof bindings)[number];

export interface Variant {
  readonly provider: ProviderStyle;
  readonly binding: Binding;
  /** How the binding dimension is counted; absent where there is one way only. */
  readonly window?: RequestWindow | TokenWindow;
}

export interface Cell extends Variant {
  /** Endpoints of the pool, each with a quota of its own. */
  readonly regions: number;
  /** Arrivals ÷ what all regions together admit. */
  readonly overload: number;
}

const regionCounts = [1, 3] as const;
const overloads = [1.2, 3] as const;
/** The three whose upfront dimensions have a threshold. */
const mainStyles = ['openai', 'anthropic', 'azure'] as const;

export const variants: readonly Variant[] = [
  ...mainStyles.flatMap((provider): Variant[] => [
    ...tokenWindows.map((window): Variant => ({ provider, binding: 'tokens', window })),
    ...requestWindows.map((window): Variant => ({ provider, binding: 'requests', window })),
  ]),
  ...tokenWindows.map((window): Variant => ({ provider: 'anthropic', binding: 'output', window })),
  { provider: 'gemini', binding: 'daily' },
  { provider: 'selfHosted', binding: 'concurrency' },
];

export const matrix: readonly Cell[] = variants.flatMap((variant) =>
  regionCounts.flatMap((regions) => overloads.map((overload): Cell => ({ ...variant, regions, overload }))),
);

/** E.g. `tokens bucket10s`. */
export function variantName({ binding, window }: Variant): string {
  return window === undefined ? binding : `${binding} ${window}`;
}

/** E.g. `openai tokens bucket10s 3x1.2`: what `--only` searches. */
export function cellName(cell: Cell): string {
  return `${cell.provider} ${variantName(cell)} ${cell.regions}x${cell.overload}`;
}

/** One cell of each kind that has a rule of its own, for a run of a minute or two. */
export const quickCells: readonly Cell[] = [
  { provider: 'openai', binding: 'tokens', window: 'bucket1s', regions: 1, overload: 1.2 },
  { provider: 'openai', binding: 'tokens', window: 'slidingMinute', regions: 1, overload: 3 },
  { provider: 'anthropic', binding: 'tokens', window: 'fixedMinute', regions: 3, overload: 1.2 },
  { provider: 'azure', binding: 'tokens', window: 'fixedMinute', regions: 1, overload: 1.2 },
  { provider: 'azure', binding: 'requests', window: 'judged10s', regions: 3, overload: 1.2 },
  { provider: 'azure', binding: 'requests', window: 'judged1s', regions: 1, overload: 3 },
  { provider: 'openai', binding: 'requests', window: 'bucket1s', regions: 1, overload: 1.2 },
  { provider: 'anthropic', binding: 'output', window: 'slidingMinute', regions: 1, overload: 1.2 },
  { provider: 'gemini', binding: 'daily', regions: 1, overload: 1.2 },
  { provider: 'selfHosted', binding: 'concurrency', regions: 1, overload: 1.2 },
];
