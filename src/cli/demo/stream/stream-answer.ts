/** What the demo of streaming has shown, and whether it is what was promised. Pure. */
import type { LedgerEntry } from '../../../simulator';
import { renderTable } from '../../view/table';
import { amountText } from '../../view/text';
import { percentile, round, workflowIdOf } from '../lanes/measure-lanes';
import type { SeenAnswer } from './follow-answer';
import type { Overhead } from './measure-overhead';

export interface StreamEvidence {
  /** Answers that nothing happened to. */
  readonly undisturbed: readonly SeenAnswer[];
  /** The one whose worker was killed in the middle. */
  readonly disturbed: SeenAnswer;
  readonly killed: boolean;
  /** What Temporal's histories hold, by workflow id. */
  readonly recorded: ReadonlyMap<string, string>;
  /** The provider's ledger. */
  readonly requests: readonly Pick<LedgerEntry, 'callId' | 'firstTokenAt'>[];
  readonly overhead: Overhead;
}

export interface StreamAnswer {
  /** From the provider's first token, as its ledger says, to the first text at the caller. */
  readonly firstTokenLagMs: { readonly p50: number; readonly p99: number };
  readonly runs: number;
  /** A worker really ended by SIGKILL. */
  readonly killed: boolean;
  /** Seen by the reader whose worker was killed, after it had seen text: one, and one for each write that Redis did not answer in time. */
  readonly resets: number;
  /** What that reader showed at the end is the run's recorded answer. */
  readonly wholeAnswer: boolean;
  /** Some reader has shown a text at its end that is not the recorded one. */
  readonly spliced: boolean;
  /** Processor time of the worker, with `stream: true` more than without. */
  readonly overheadPerTokenUs: number;
  readonly redisUsPerToken: number;
  readonly redisBytesPerToken: number;
}

const promised = { p99LagMs: 50 } as const;

export function isWellStreamed({ firstTokenLagMs, runs, killed, resets, wholeAnswer, spliced }: StreamAnswer): boolean {
  return runs > 0 && firstTokenLagMs.p99 <= promised.p99LagMs && killed && resets > 0 && wholeAnswer && !spliced;
}

export function streamAnswerOf(evidence: StreamEvidence): StreamAnswer {
  const { undisturbed, disturbed, killed, recorded, requests, overhead } = evidence;
  const firstTokens = new Map(requests.map((request) => [workflowIdOf(request), request.firstTokenAt]));
  const lags = undisturbed
    .map(({ workflowId, firstTextAtMs }) => firstTextAtMs - (firstTokens.get(workflowId) ?? Number.NaN))
    // One without a first token counts as the worst.
    .map((lag) => (Number.isNaN(lag) ? Number.POSITIVE_INFINITY : lag))
    .sort((first, second) => first - second);
  const isWhole = ({ workflowId, shown, hasEnded }: SeenAnswer): boolean =>
    hasEnded && shown === recorded.get(workflowId);
  return {
    firstTokenLagMs: { p50: round(percentile(lags, 0.5), 1), p99: round(percentile(lags, 0.99), 1) },
    runs: undisturbed.length,
    killed,
    resets: disturbed.resets,
    wholeAnswer: isWhole(disturbed),
    spliced: ![...undisturbed, disturbed].every(isWhole),
    overheadPerTokenUs: round(overhead.cpuUsPerToken, 1),
    redisUsPerToken: round(overhead.redisCpuUsPerToken, 1),
    redisBytesPerToken: round(overhead.redisBytesPerToken, 1),
  };
}

export function streamTable(answer: StreamAnswer): string[] {
  const { firstTokenLagMs, runs, killed, resets, wholeAnswer, spliced } = answer;
  const rows: readonly (readonly [string, string])[] = [
    [
      'first token',
      `${firstTokenLagMs.p50} ms after the provider's (median of ${runs}), ${firstTokenLagMs.p99} ms (p99)`,
    ],
    [
      'worker killed',
      `${killed ? 'yes' : 'no'}; the reader saw ${amountText(resets, 'reset')}, then ${wholeAnswer ? 'the whole answer' : 'NOT the recorded answer'}`,
    ],
    ['texts', spliced ? 'SOME are not what the history holds' : 'all as the histories hold them'],
    [
      'cost of a token',
      `${answer.overheadPerTokenUs} µs of the worker, ${answer.redisUsPerToken} µs and ${answer.redisBytesPerToken} bytes of Redis`,
    ],
  ];
  return renderTable({
    columns: [{ title: 'what' }, { title: 'seen' }],
    rows: rows.map((row) => row.map((text) => ({ text }))),
    width: 100,
    headStyle: (text) => text,
  });
}
