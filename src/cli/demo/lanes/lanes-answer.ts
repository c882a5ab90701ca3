/** What the demo of lanes and tenants has shown, and whether it is what was promised. Pure. */
import { renderTable } from '../../view/table';
import { answerAllContract } from '../../../contracts/pipelines/answer-all';
import { flowOf, isRateLimited, requestsIn, round, tokensOf, waitsOf, workflowIdOf } from './measure-lanes';
import type { BatchFlow, LaneRequest, Question, Waits, Window } from './measure-lanes';

export interface LanesEvidence {
  /** The provider's ledger. */
  readonly requests: readonly LaneRequest[];
  readonly questions: readonly Question[];
  /** Batch saturates the pool, people ask now and then. */
  readonly shared: Window;
  /** The crowd alone could fill the pool. */
  readonly crowded: Window;
  /** Limit of the whole pool. */
  readonly tokensPerMinute: number;
}

interface TenantShare {
  readonly weight: number;
  /** Charged by the provider. */
  readonly tokens: number;
}

export interface LanesAnswer {
  readonly interactive: Waits;
  readonly batch: BatchFlow;
  /** While the crowd alone could fill the pool. */
  readonly batchBesideCrowd: BatchFlow & {
    /** Of all tokens that were charged. */
    readonly share: number;
    /** Tokens charged meanwhile, of everybody, as a share of the limit. */
    readonly utilisation: number;
  };
  readonly tenants: { readonly a: TenantShare; readonly b: TenantShare; readonly ratio: number };
  /** Charged by the provider, as a share of the limit. */
  readonly utilisation: number;
  /** 429s of the whole run. */
  readonly rateLimited: number;
}

export const promised = {
  p99WaitMs: 1_000,
  /** Of the pool, always; a tenth of it is allowed for counting whole calls in less than a minute. */
  batchShare: 0.1 * 0.9,
  ratio: { least: 2.7, most: 3.3 },
  /** Below it nothing was short and nothing had to be shared. */
  utilisation: 0.9,
} as const;

export function isWellShared({
  interactive,
  batchBesideCrowd,
  tenants,
  utilisation,
  rateLimited,
}: LanesAnswer): boolean {
  return (
    interactive.count > 0 &&
    interactive.p99WaitMs < promised.p99WaitMs &&
    batchBesideCrowd.share >= promised.batchShare &&
    batchBesideCrowd.utilisation >= promised.utilisation &&
    tenants.ratio >= promised.ratio.least &&
    tenants.ratio <= promised.ratio.most &&
    utilisation >= promised.utilisation &&
    rateLimited === 0
  );
}

export function lanesAnswerOf({ requests, questions, shared, crowded, tokensPerMinute }: LanesEvidence): LanesAnswer {
  const isOf = (name: string) => (request: LaneRequest) =>
    workflowIdOf(request).startsWith(`${answerAllContract.name}:${name}-`);
  const batch = requests.filter(isOf('batch'));
  const tenantTokens = (tenant: string): number =>
    tokensOf(requestsIn(requests.filter(isOf(`batch-${tenant}`)), shared));
  const [a, b] = [tenantTokens('a'), tenantTokens('b')];
  const useIn = (window: Window): number => {
    const limit = (tokensPerMinute * (window.toMs - window.fromMs)) / 60_000;
    return round(tokensOf(requestsIn(requests, window)) / limit, 3);
  };
  return {
    interactive: waitsOf(questions, requests, crowded.toMs),
    batch: flowOf(batch, shared),
    batchBesideCrowd: {
      ...flowOf(batch, crowded),
      share: round(tokensOf(requestsIn(batch, crowded)) / tokensOf(requestsIn(requests, crowded)), 3),
      utilisation: useIn(crowded),
    },
    tenants: { a: { weight: 3, tokens: a }, b: { weight: 1, tokens: b }, ratio: round(a / b, 2) },
    utilisation: useIn(shared),
    rateLimited: requests.filter(isRateLimited).length,
  };
}

export function lanesTable(answer: LanesAnswer): string[] {
  const { interactive, batch, batchBesideCrowd, tenants, utilisation, rateLimited } = answer;
  const rows: readonly (readonly [string, string, string])[] = [
    ['interactive, beside batch', `${interactive.count} questions`, waitText(interactive)],
    ['batch, beside questions', `${batch.perMinute} calls/min`, gapText(batch)],
    ['batch, beside a crowd', `${batchBesideCrowd.perMinute} calls/min`, crowdText(batchBesideCrowd)],
    ['tenant a, weight 3', `${tenants.a.tokens} tokens`, `${tenants.ratio} times those of b`],
    ['tenant b, weight 1', `${tenants.b.tokens} tokens`, ''],
    [
      'pool',
      `${percent(utilisation)} used`,
      `${percent(batchBesideCrowd.utilisation)} beside a crowd; ${rateLimited} calls answered 429`,
    ],
  ];
  return renderTable({
    columns: [{ title: 'who' }, { title: 'got', align: 'right' }, { title: 'and' }],
    rows: rows.map((row) => row.map((text) => ({ text }))),
    width: 100,
    headStyle: (text) => text,
  });
}

function waitText({ p50WaitMs, p99WaitMs }: Waits): string {
  return `waited ${p50WaitMs} ms (median), ${p99WaitMs} ms (p99)`;
}

function gapText({ longestGapMs }: BatchFlow): string {
  return `never longer than ${(longestGapMs / 1_000).toFixed(1)} s without one`;
}

function crowdText(flow: LanesAnswer['batchBesideCrowd']): string {
  return `${percent(flow.share)} of the tokens, ${gapText(flow)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
