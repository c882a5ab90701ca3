/**
 * How pools stand, as text: one table while it fits the terminal, with shortened numbers and then with one column for
 * all that may be wrong if it must, else a block per endpoint. Pure.
 */
import type { BreakerState, DimensionReading, EndpointReading, PoolReading } from '../../contracts/capacity';
import { lanes, limitDimensions } from '../../contracts/settings';
import type { LimitDimension } from '../../contracts/settings';
import type { Style } from '../view/style';
import { leastTableWidth, renderTable } from '../view/table';
import type { Cell, Column } from '../view/table';
import { clipped, countText, durationText, shareText, shortCountText, wrapped } from '../view/text';

export interface CapacityPicture {
  /** Characters per line. */
  readonly width: number;
  /** Most lines to give; how many were left out stands in the last one. Default: as many as there are. */
  readonly height?: number;
  readonly style: Style;
}

interface Facet {
  readonly title: string;
  readonly align?: 'right';
  readonly shrinksTo?: number;
  /** Empty where there is nothing to tell. */
  readonly cellOf: (endpoint: EndpointReading) => Cell;
}

const indent = '  ';
const narrowest = 20;

export function renderCapacity(readings: readonly PoolReading[], picture: CapacityPicture): string[] {
  const { height = Number.POSITIVE_INFINITY, style } = picture;
  const width = Math.max(narrowest, picture.width);
  const lines = asTable(readings, { ...picture, width }) ?? asBlocks(readings, { ...picture, width });
  if (lines.length <= height) return lines;
  const kept = Math.max(0, height - 1);
  const more = `and ${lines.length - kept} lines more: name a pool, or make the window taller`;
  return [...lines.slice(0, kept), style.faint(clipped(more, width))];
}

/** Undefined when it does not fit the width. */
function asTable(readings: readonly PoolReading[], { width, style }: CapacityPicture): string[] | undefined {
  const short = { style, numberText: shortCountText };
  const fashions = [
    [...useFacets(readings, { style, numberText: countText }), ...stateFacets({ style, numberText: countText })],
    [...useFacets(readings, short), ...stateFacets(short)],
    [...useFacets(readings, short), troubleFacet(short)],
  ];
  for (const facets of fashions) {
    const columns: Column[] = [{ title: 'endpoint' }, ...facets];
    const rows = readings.flatMap(({ endpoints }) => endpoints.map((endpoint) => rowOf(endpoint, facets)));
    if (leastTableWidth({ columns, rows }) > width) continue;
    const [head = '', ...lines] = renderTable({ columns, rows, width, headStyle: style.faint });
    const pools = readings.map((reading) => [
      ...headOf(reading, { width, style }),
      ...lines.splice(0, reading.endpoints.length),
    ]);
    return [head, ...pools.flat()];
  }
  return undefined;
}

function rowOf(endpoint: EndpointReading, facets: readonly Facet[]): Cell[] {
  return [{ text: `${indent}${endpoint.endpoint}` }, ...facets.map(({ cellOf }) => cellOf(endpoint))];
}

function asBlocks(readings: readonly PoolReading[], { width, style }: CapacityPicture): string[] {
  const writing = { style, numberText: countText };
  const facets = [...useFacets(readings, writing), troubleFacet(writing)];
  const titleWidth = Math.max(...facets.map(({ title }) => title.length));
  const blockOf = (endpoint: EndpointReading): string[] => [
    clipped(`${indent}${endpoint.endpoint}`, width),
    ...facets.flatMap(({ title, cellOf }) => {
      const { text, style: paint = (plain: string) => plain } = cellOf(endpoint);
      if (text === '') return [];
      const label = `${indent}${indent}${title.padEnd(titleWidth)}  `;
      return [style.faint(label) + paint(clipped(text, width - label.length))];
    }),
  ];
  return readings.flatMap((reading) => [...headOf(reading, { width, style }), ...reading.endpoints.flatMap(blockOf)]);
}

function headOf({ pool, waiting, expectedWaitMs }: PoolReading, { width, style }: CapacityPicture): string[] {
  const busy = lanes.filter((lane) => waiting[lane] > 0 || expectedWaitMs[lane] > 0);
  const texts = busy.map(
    (lane) => `${lane} ${countText(waiting[lane])} waiting, ~${durationText(expectedWaitMs[lane])}`,
  );
  const paint = busy.length > 0 ? style.warning : style.faint;
  const text = texts.join(' · ') || 'nobody waits';
  if (pool.length + 2 + text.length <= width) return [`${style.strong(pool)}  ${paint(text)}`];
  const lines = (texts.length > 0 ? texts : [text]).flatMap((lane) => wrapped(lane, width - indent.length));
  return [
    style.strong(clipped(pool, width)),
    ...lines.map((line) => indent + paint(clipped(line, width - indent.length))),
  ];
}

interface Writing {
  readonly style: Style;
  readonly numberText: (count: number) => string;
}

/** One column per limit that any endpoint has; those of calls in flight come last. */
function useFacets(readings: readonly PoolReading[], { style, numberText }: Writing): Facet[] {
  const limited = new Set(
    readings.flatMap(({ endpoints }) => endpoints.flatMap((one) => one.dimensions.map(({ dimension }) => dimension))),
  );
  const counted = limitDimensions.filter((dimension) => limited.has(dimension) && dimension !== 'concurrency');
  const useCell = (endpoint: EndpointReading, dimension: LimitDimension): Cell | undefined => {
    const reading = endpoint.dimensions.find((one) => one.dimension === dimension);
    return reading === undefined ? undefined : { text: useText(reading, numberText), style: useStyle(reading, style) };
  };
  return [
    ...counted.map((dimension): Facet => ({
      title: dimension,
      align: 'right',
      cellOf: (endpoint) => useCell(endpoint, dimension) ?? { text: '' },
    })),
    {
      title: 'in flight',
      align: 'right',
      cellOf: (endpoint) => useCell(endpoint, 'concurrency') ?? { text: numberText(endpoint.inFlight) },
    },
  ];
}

function stateFacets({ style, numberText }: Writing): Facet[] {
  return [
    { title: 'breaker', cellOf: ({ breaker }) => ({ text: breaker, style: breakerStyle(breaker, style) }) },
    {
      title: 'blocked',
      align: 'right',
      cellOf: ({ blockedForMs: ms }) => ({ text: ms > 0 ? durationText(ms) : '', style: style.bad }),
    },
    {
      title: '429s',
      align: 'right',
      cellOf: ({ rateLimited: count }) => ({ text: numberText(count), style: count > 0 ? style.bad : style.faint }),
    },
    {
      title: 'rate',
      align: 'right',
      cellOf: ({ rateFactor: factor }) => ({
        text: shareText(factor),
        style: factor < 1 ? style.warning : style.faint,
      }),
    },
  ];
}

/** `ok`, or everything that is not: `open, 12 s, 3 429s, rate 70 %`. */
function troubleFacet({ style, numberText }: Writing): Facet {
  return {
    title: 'state',
    shrinksTo: 12,
    cellOf: ({ breaker, blockedForMs, rateLimited, rateFactor }) => {
      const troubles = [
        ...(breaker === 'closed' ? [] : [breaker]),
        ...(blockedForMs > 0 ? [durationText(blockedForMs)] : []),
        ...(rateLimited > 0 ? [`${numberText(rateLimited)} 429s`] : []),
        ...(rateFactor < 1 ? [`rate ${shareText(rateFactor)}`] : []),
      ];
      return troubles.length === 0
        ? { text: 'ok', style: style.faint }
        : { text: troubles.join(', '), style: style.bad };
    },
  };
}

/** `58/60`, and `40/42 of 60` while less than the limit may be used. */
function useText({ used, effectiveLimit, limit }: DimensionReading, numberText: Writing['numberText']): string {
  const use = `${numberText(Math.round(used))}/${numberText(Math.floor(effectiveLimit))}`;
  return isTightened({ effectiveLimit, limit }) ? `${use} of ${numberText(limit)}` : use;
}

function isTightened({ effectiveLimit, limit }: Pick<DimensionReading, 'effectiveLimit' | 'limit'>): boolean {
  return Math.floor(effectiveLimit) < limit;
}

const nearlyFull = 0.9;

function useStyle(reading: DimensionReading, style: Style): (text: string) => string {
  if (isTightened(reading)) return style.warning;
  if (reading.used === 0) return style.faint;
  return reading.used >= nearlyFull * reading.effectiveLimit ? style.active : (text) => text;
}

function breakerStyle(breaker: BreakerState, style: Style): (text: string) => string {
  if (breaker === 'closed') return style.faint;
  return breaker === 'open' ? style.bad : style.warning;
}
