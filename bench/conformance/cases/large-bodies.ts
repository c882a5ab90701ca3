/** Bodies that never end, in every place where they can stand. Nothing of them may be taken into memory as a whole. */
import type { ConformanceCase } from '../case';
import type { Dialect } from '../dialects/dialect';
import { flood } from '../sources/wire-handlers';
import { all } from '../targets';

const mebibyte = 1_024 * 1_024;
const hundredMegabytes = 100 * mebibyte;
/** More than a connection can bring in the moment that is spent on getting it free again. */
const endless = 1_024 * mebibyte;
const isHeavy = true;
const withinMs = 10_000;
const stream = 'text/event-stream';
const page = '<p>sorry</p>'.repeat(5_000);

function pieceOf(dialect: Dialect): string {
  return dialect.text('x'.repeat(64 * 1_024));
}

export const largeBodyCases: readonly ConformanceCase[] = [
  {
    id: 'large/answer',
    title: 'An answer of 100 MB is dropped at 16 million characters: the same model would only write it again.',
    targets: all,
    isHeavy,
    simulator: { faults: [{ kind: 'hugeAnswer' }] },
    wire: (dialect) => flood(stream, { head: dialect.open(), piece: pieceOf(dialect), bytes: hundredMegabytes }),
    expect: { failure: 'Llm.OutputInvalid', withinMs },
  },
  {
    id: 'large/event',
    title: 'So is a single event of 100 MB.',
    targets: all,
    isHeavy,
    wire: (dialect) => {
      return flood(stream, {
        head: `${dialect.open()}data: {"x":"`,
        piece: 'x'.repeat(65_536),
        bytes: hundredMegabytes,
      });
    },
    expect: { failure: 'Llm.OutputInvalid', withinMs },
  },
  {
    id: 'large/error-page',
    title: 'Of a page without end that comes with an error only the beginning is read.',
    targets: all,
    isHeavy,
    wire: () => flood('text/html', { status: 500, piece: page, bytes: endless }),
    expect: { failure: 'Llm.ServerError', details: { status: 500 }, mostBytes: endless / 2, withinMs },
  },
  {
    id: 'large/page',
    title: 'So it is of a page without end in place of an answer.',
    targets: all,
    isHeavy,
    wire: () => flood('text/html', { piece: page, bytes: endless }),
    expect: { failure: 'Llm.ServerError', details: { status: 200 }, mostBytes: endless / 2, withinMs },
  },
  {
    id: 'large/answer-that-fits',
    title: 'A megabyte is an answer like any other.',
    targets: all,
    isHeavy,
    wire: (dialect) => {
      const tail = dialect.finish('stop') + dialect.end();
      return flood(stream, { head: dialect.open(), piece: pieceOf(dialect), tail, bytes: mebibyte });
    },
    expect: { answer: { text: /^x{1000000}/ } },
  },
];
