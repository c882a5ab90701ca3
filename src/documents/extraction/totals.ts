/** Net, tax and total. What adds up is believed; of what does not, nothing. */
import { findAmounts, inCents } from './amounts';
import { below } from './cells';
import type { Cell } from './cells';
import { labels } from './labels';
import { cellsWith } from './labelled';

export interface Totals {
  readonly net?: number;
  readonly tax?: number;
  readonly total?: number;
}

export function readTotals(cells: readonly Cell[], text: string): Totals {
  const nets = amountsOf(cells, labels.net);
  const taxes = amountsOf(cells, labels.tax);
  const totals = amountsOf(cells, labels.total).filter((value) => value > 0);
  const sum = totals.flatMap((total) => {
    return nets.flatMap((net) => taxes.filter((tax) => adds(net, tax, total)).map((tax) => ({ net, tax, total })));
  });
  const whole = sum.sort((a, b) => b.total - a.total)[0];
  if (whole !== undefined) return whole;
  return nets.length > 0 && taxes.length > 0 ? mended({ nets, taxes, totals, text }) : alone(totals, text);
}

function adds(net: number, tax: number, total: number): boolean {
  return inCents(net) + inCents(tax) === inCents(total) && total >= net && net > 0;
}

interface Read {
  readonly nets: readonly number[];
  readonly taxes: readonly number[];
  readonly totals: readonly number[];
  readonly text: string;
}

/** One of the three was misread or has no label; when what it has to be stands in the text, that is it. */
function mended({ nets, taxes, totals, text }: Read): Totals {
  const stands = new Set(findAmounts(text).map(({ value }) => inCents(value)));
  const tried = [
    ...nets.flatMap((net) =>
      taxes.map((tax) => ({ net, tax, total: (inCents(net) + inCents(tax)) / 100, is: 'total' as const })),
    ),
    ...totals.flatMap((total) =>
      nets.map((net) => ({ net, tax: (inCents(total) - inCents(net)) / 100, total, is: 'tax' as const })),
    ),
    ...totals.flatMap((total) =>
      taxes.map((tax) => ({ net: (inCents(total) - inCents(tax)) / 100, tax, total, is: 'net' as const })),
    ),
  ];
  const found = tried.filter((one) => one.tax > 0 && one.tax < one.net && stands.has(inCents(one[one.is])));
  const [first] = found;
  if (first === undefined || found.some(({ total }) => total !== first.total)) return alone(totals, text);
  const { net, tax, total } = first;
  return { net, tax, total };
}

/** Without anything to add it to, a total is believed when nothing contradicts it: one value, or one that stands there twice. */
function alone(totals: readonly number[], text: string): Totals {
  const [first, ...others] = [...new Set(totals)];
  if (first === undefined) return {};
  if (others.length === 0) return { total: first };
  const everywhere = findAmounts(text).map(({ value }) => inCents(value));
  const repeated = [first, ...others].filter((value) => everywhere.filter((one) => one === inCents(value)).length > 1);
  return repeated.length === 1 && repeated[0] !== undefined ? { total: repeated[0] } : {};
}

/** The last amount of a line that begins with the label; without any, the first one below. */
function amountsOf(cells: readonly Cell[], label: RegExp): number[] {
  const others = Object.values(labels).filter((one) => one !== label);
  return cellsWith(cells, label).flatMap(({ cell, rest }) => {
    // `Total net` is a net amount: the longer label says what it is.
    const own = lengthOf(label, cell.text);
    if (others.some((other) => lengthOf(other, cell.text) > own)) return [];
    const line = [
      rest,
      ...cells.filter(({ row, start }) => row === cell.row && start > cell.start).map(({ text }) => text),
    ];
    const here = findAmounts(line.join('   ')).at(-1);
    const there = rest === '' && here === undefined ? findAmounts(below(cells, cell)?.text ?? '')[0] : undefined;
    const found = here ?? there;
    return found === undefined || found.value < 0 ? [] : [found.value];
  });
}

/** Of the label at the beginning of a text. */
function lengthOf(label: RegExp, text: string): number {
  const match = label.exec(text);
  return match === null || match.index > 2 ? 0 : match[0].length;
}
