/** Tokens: what the provider counts is what is charged; what it does not count is estimated, and says so. */
import type { ConformanceCase } from '../case';
import { answerOf, countedUsage, wireUsage } from '../dialects/dialect';
import type { Dialect } from '../dialects/dialect';
import { closeAfter, stream } from '../sources/wire-handlers';
import { all, chat } from '../targets';

function silent(dialect: Dialect): string {
  return dialect.open({ isSilentOnUsage: true }) + dialect.text('12345678') + dialect.finish('stop') + dialect.end();
}

export const usageCases: readonly ConformanceCase[] = [
  {
    id: 'usage/details',
    title: 'Cached tokens are a part of the input and reasoning a part of the output, at every provider.',
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, 'Hi')),
    expect: { answer: {}, usage: countedUsage },
  },
  {
    id: 'usage/cached',
    title: 'A part of the input that was cached is counted once.',
    targets: all,
    simulator: { faults: [{ kind: 'cachedInput' }] },
    expect: { answer: {}, usage: 'ledger' },
  },
  {
    id: 'usage/missing',
    title: 'Usage that is missing is estimated and marked so: a call is never free.',
    targets: all,
    simulator: { faults: [{ kind: 'missingUsage' }] },
    wire: (dialect) => stream(silent(dialect)),
    expect: { answer: {}, usage: 'estimated' },
  },
  {
    id: 'usage/nonsense',
    title: 'Counts that are negative, texts or infinite are not believed.',
    targets: all,
    wire: (dialect) => stream(answerOf(dialect, '12345678').replace(/(?<=[tT]oken(?:s|Count)":)\d+/g, '-3')),
    expect: { answer: {}, usage: 'estimated' },
  },
  {
    id: 'usage/in-every-chunk',
    title: 'Where every chunk repeats the running count, the last one counts, not the sum.',
    targets: chat,
    wire: (dialect) => {
      const early =
        (dialect.finish('stop', { input: 120, output: 7, cached: 0, reasoning: 0 }).split('\n\n')[1] ?? '') + '\n\n';
      const begin = dialect.open() + dialect.text('Hel') + early + dialect.text('lo');
      return stream(begin, dialect.finish('stop', wireUsage), dialect.end());
    },
    expect: { answer: { text: 'Hello' }, usage: countedUsage },
  },
  {
    id: 'usage/of-a-cut-stream',
    title: 'What a cut stream has cost is estimated, and its charge kept.',
    targets: all,
    wire: (dialect) => closeAfter(dialect.open({ isSilentOnUsage: true }), dialect.text('12345678')),
    expect: { failure: 'Llm.Truncated', usage: 'estimated' },
  },
  {
    id: 'usage/of-a-refused-request',
    title: 'A request that was refused has cost nothing.',
    targets: all,
    simulator: { faults: [{ kind: 'status', status: 400 }] },
    expect: { failure: 'Llm.BadRequest', usage: 'none' },
  },
];
