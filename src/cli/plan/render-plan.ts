/** A plan as text: the load, each quota's use, what binds, and what follows from it. Pure. */
import type { LimitDimension } from '../../contracts/settings';
import type { Binding, EndpointPlan, PipelinePlan, Plan, QuotaUse, RegionGain } from '../../planning';
import type { Style } from '../view/style';
import { renderTable, tableWidth } from '../view/table';
import type { Cell, Column } from '../view/table';
import { amountText, countText, durationText, shareText, shortCountText, wrapped } from '../view/text';

export interface PlanPicture {
  /** Characters per line. */
  readonly width: number;
  readonly style: Style;
}

type NumberText = (count: number) => string;

const units: Readonly<Record<LimitDimension, string>> = {
  rpm: '/min',
  tpm: '/min',
  inputTpm: '/min',
  outputTpm: '/min',
  rpd: '/day',
  concurrency: '',
};

const hourMs = 3_600_000;
/** A load that is exactly as large as fits may come out a little smaller or larger. */
const roughly = 1e-3;

export function renderPlan(plan: Plan, picture: PlanPicture): string[] {
  const { width, style } = picture;
  const paragraphs = [
    pipelineLines(plan, picture),
    quotaLines(plan, picture),
    resultTexts(plan).flatMap((text, index) =>
      wrapped(text, width).map((line) => (index === 0 ? verdictStyle(plan, style)(line) : line)),
    ),
    plan.notes.flatMap((note) => hanging(note, width).map(style.faint)),
  ];
  return paragraphs.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function pipelineLines({ pipelines }: Plan, { width, style }: PlanPicture): string[] {
  const pipelineColumns: Column[] = [
    { title: 'pipeline', shrinksTo: 12 },
    { title: 'per hour', align: 'right' },
    { title: 'at most', align: 'right' },
    { title: 'runs', align: 'right' },
    { title: 'done in', align: 'right' },
    { title: 'per run', align: 'right' },
  ];
  const rows = pipelines.map(({ name, perHour, maxPerHour, count, hoursToFinish, costUsdPerRun }): Cell[] => [
    { text: name, style: style.strong },
    { text: rateText(perHour) },
    { text: maxPerHour === null ? 'no limit' : rateText(maxPerHour) },
    { text: countText(count) },
    { text: hoursText(hoursToFinish) },
    { text: dollarText(costUsdPerRun) },
  ]);
  return renderTable({ columns: pipelineColumns, rows, width, headStyle: style.faint });
}

const columns = [
  { title: 'pool', shrinksTo: 4 },
  { title: 'endpoint', shrinksTo: 8 },
  { title: 'calls/h', align: 'right' },
  { title: 'quota' },
  { title: 'demand', align: 'right' },
  { title: 'limit', align: 'right' },
  { title: 'use', align: 'right' },
  { title: '' },
] as const satisfies readonly Column[];
type ColumnTitle = (typeof columns)[number]['title'];
type Row = Readonly<Partial<Record<ColumnTitle, Cell>>>;

/** From everything to what is left on a narrow terminal: what binds is said below as well. */
const fashions: readonly { readonly numberText: NumberText; readonly without: readonly ColumnTitle[] }[] = [
  { numberText: countText, without: [] },
  { numberText: shortCountText, without: [] },
  { numberText: shortCountText, without: ['calls/h', ''] },
];

function quotaLines(plan: Plan, { width, style }: PlanPicture): string[] {
  const tables = fashions.map(({ numberText, without }) => {
    const shown = columns.filter(({ title }) => !without.includes(title));
    const rows = quotaRows(plan, { style, numberText }).map((row) =>
      shown.map(({ title }) => row[title] ?? { text: '' }),
    );
    return { columns: shown, rows };
  });
  const fitting = tables.find((table) => tableWidth(table) <= width) ?? tables.at(-1);
  return fitting === undefined ? [] : renderTable({ ...fitting, width, headStyle: style.faint });
}

interface Writing {
  readonly style: Style;
  readonly numberText: NumberText;
}

function quotaRows(plan: Plan, writing: Writing): Row[] {
  const { style, numberText } = writing;
  const shown = new Map<string, string>();
  return plan.endpoints.flatMap((endpoint, index): Row[] => {
    const first: Row = {
      pool: { text: endpoint.pool === plan.endpoints[index - 1]?.pool ? '' : endpoint.pool, style: style.strong },
      endpoint: { text: endpoint.endpoint },
      'calls/h': { text: numberText(Math.round(endpoint.callsPerHour)) },
    };
    const sharedWith = shown.get(endpoint.quotaGroup);
    if (sharedWith !== undefined) return [{ ...first, quota: { text: `with ${sharedWith}`, style: style.faint } }];
    shown.set(endpoint.quotaGroup, endpoint.endpoint);
    if (endpoint.dimensions.length === 0) return [{ ...first, quota: { text: 'no limit known', style: style.faint } }];
    return endpoint.dimensions.map((use, line) => ({
      ...(line === 0 ? first : {}),
      ...useCells(use, isBinding(use, endpoint, plan.binding), writing),
    }));
  });
}

function useCells(reading: QuotaUse, binds: boolean, { style, numberText }: Writing): Row {
  const { dimension, demand, limit, use, usable } = reading;
  const unit = units[dimension];
  const level = demand / usable;
  const paint = level > 1 + roughly ? style.bad : binds ? style.warning : (text: string): string => text;
  const mark = level > 1 - roughly ? '← binds' : '← binds first';
  return {
    quota: { text: dimension },
    demand: { text: `${demand >= 10 ? numberText(Math.round(demand)) : demand.toFixed(1)}${unit}` },
    limit: { text: `${numberText(limit)}${unit}` },
    use: { text: shareText(use), style: paint },
    '': { text: binds ? mark : '', style: paint },
  };
}

function isBinding({ dimension }: QuotaUse, { quotaGroup }: EndpointPlan, binding: Binding | null): boolean {
  return binding?.quotas.some((quota) => quota.dimension === dimension && quota.quotaGroup === quotaGroup) === true;
}

function resultTexts(plan: Plan): string[] {
  const { binding, pipelines, costUsdPerHour, oneMoreRegion } = plan;
  const cost = `Cost: ${dollarText(costUsdPerHour)} an hour${plan.isSustainable ? '' : ' at the rate that fits'}.`;
  if (binding === null) return ['No limit is known that this load could meet.', cost];
  return [
    verdictText(plan, bindingText(binding)),
    ...pipelines.map((pipeline) => pipelineText(pipeline, plan)),
    cost,
    ...(oneMoreRegion === null ? [] : [regionText(oneMoreRegion)]),
  ];
}

function verdictText({ isBacklog, isSustainable }: Plan, quotas: string): string {
  if (isBacklog) return `The pace is set by ${quotas}.`;
  if (isSustainable) return `It fits. As it grows, it will be held up by ${quotas} first.`;
  return `Too much for ${quotas}: what is started waits longer and longer.`;
}

function pipelineText({ name, perHour, maxPerHour, count, hoursToFinish }: PipelinePlan, { isBacklog }: Plan): string {
  const most = `at most ${rateText(maxPerHour ?? perHour)} per hour`;
  const share = isBacklog ? '' : ` (${shareText((maxPerHour ?? perHour) / perHour)} of what is asked for)`;
  return `${name}: ${most}${share}; ${amountText(count, 'run')} done in ${hoursText(hoursToFinish)}.`;
}

function regionText({ pool, copyOf, binding, pipelines }: RegionGain): string {
  const gains = pipelines.map(({ name, maxPerHour, hoursToFinish }) => {
    const most = maxPerHour === null ? 'no limit' : `${rateText(maxPerHour)} per hour`;
    return `${name} ${most}, done in ${hoursText(hoursToFinish)}`;
  });
  const next = binding === null ? '' : `; then held up by ${bindingText(binding)}`;
  return `One more region like ${copyOf} in ${pool}: ${gains.join('; ')}${next}.`;
}

/** `tpm of east and west`, `tpm of east and rpm of west`. */
function bindingText({ quotas }: Binding): string {
  const dimensions = [...new Set(quotas.map(({ dimension }) => dimension))];
  const parts = dimensions.map((dimension) => {
    const groups = quotas.filter((quota) => quota.dimension === dimension).map(({ quotaGroup }) => quotaGroup);
    return `${dimension} of ${listText(groups)}`;
  });
  return listText(parts);
}

/** `a`, `a and b`, `a, b and c`. */
function listText(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

function verdictStyle({ isSustainable, binding }: Plan, style: Style): (text: string) => string {
  if (!isSustainable) return style.bad;
  return binding === null ? style.warning : style.good;
}

function hanging(text: string, width: number): string[] {
  return wrapped(text, width - 2).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

/** Whole from ten on; below, the digits decide. */
function rateText(rate: number): string {
  return rate >= 10 ? countText(Math.floor(rate)) : String(Math.floor(rate * 100) / 100);
}

function hoursText(hours: number): string {
  return hours >= 48 ? `${(hours / 24).toFixed(1)} days` : durationText(hours * hourMs);
}

function dollarText(usd: number): string {
  return usd >= 1
    ? `$${usd.toLocaleString('en-US', { maximumFractionDigits: 2, minimumFractionDigits: 2 })}`
    : `$${usd.toFixed(4)}`;
}
