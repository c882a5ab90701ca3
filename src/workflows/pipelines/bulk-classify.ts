/** bulkClassify: a page of questions → their intents, in child workflows → the results in a file; page after page. */
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { BulkActivities } from '../../activities/bulk-activities';
import type { ItemOutcome } from '../../contracts/each';
import type {
  BulkClassifyInput,
  BulkItem,
  BulkPreference,
  BulkResult,
  BulkSummary,
  Classified,
  ItemPage,
  ResultPart,
  UnreadableItem,
} from '../../contracts/pipelines/bulk-classify';
import { parseBulkInput } from '../../contracts/pipelines/bulk-input';
import { summaryLine } from '../../contracts/summary-line';
import { BulkTally } from '../policy/bulk-tally';
import { itemsFailed, toleratedOf } from '../policy/each-options';
import { eachInChunks } from '../primitives/each-in-chunks';
import { defineWork } from '../primitives/each-work';
import type { Work } from '../primitives/each-work';
import { step } from '../primitives/step';

const { readItems, writeResults, joinResults } = proxyActivities<BulkActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 5, nonRetryableErrorTypes: ['Pipeline.InvalidInput'] },
});

interface Question {
  readonly text: string;
}

const works: Readonly<Record<BulkPreference, Work<Question, Classified>>> = {
  speed: defineWork('bulk.classify', ({ text }: Question) => classify('bulk.classify', text)),
  price: defineWork('bulk.classifyByBatch', ({ text }: Question) => classify('bulk.classifyByBatch', text)),
};
const concurrencyOf: Readonly<Record<BulkPreference, number>> = { speed: 64, price: 1_000 };
/** Questions that are to go into one batch of the provider's wait for it together: in chunks of the usual size only some would. */
const chunksOf: Readonly<Record<BulkPreference, { chunkItems?: number }>> = { speed: {}, price: { chunkItems: 160 } };

/** As many results as one payload of a history bears. */
const pageItems = 2_500;
const longestMessage = 300;

export async function bulkClassify(input: BulkClassifyInput): Promise<BulkSummary> {
  const request = parseBulkInput(input);
  const startedAtMs = Date.now();
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const idempotencyKey = `${workflowId}/${firstExecutionRunId}`;
  const tally = new BulkTally();
  const parts: ResultPart[] = [];
  let page: ItemPage | undefined;
  for (let from = 0; page === undefined || from < page.total; from += page.items.length) {
    page = await pageOf(request, from, page);
    const results = await classifyPage({ request, page, from, failed: tally.failed });
    results.forEach((result) => tally.add(result));
    if (results.length === 0) break;
    const summary = summaryLine(`results ${from + 1} to ${from + results.length} of ${page.total}`);
    parts.push(await writeResults.executeWithOptions({ summary }, [{ idempotencyKey, part: parts.length, results }]));
  }
  const file = parts.length > 0 && { results: await joinResults({ idempotencyKey, parts }) };
  return { ...tally.summary(), durationMs: Date.now() - startedAtMs, ...file };
}

async function pageOf({ source, items = [] }: BulkClassifyInput, from: number, before?: ItemPage): Promise<ItemPage> {
  if (source === undefined) return { sha256: '', total: items.length, items: items.slice(from, from + pageItems) };
  const summary = summaryLine(`${source} from item ${from + 1}`);
  return readItems.executeWithOptions({ summary }, [{ source, from, ...(before && { sha256: before.sha256 }) }]);
}

interface PageWork {
  readonly request: BulkClassifyInput;
  readonly page: ItemPage;
  /** Place of its first item. */
  readonly from: number;
  /** Items of the pages before that failed. */
  readonly failed: number;
}

async function classifyPage({ request, page, from, failed }: PageWork): Promise<BulkResult[]> {
  const { prefer = 'speed', concurrency = concurrencyOf[prefer], tolerate = '5%' } = request;
  const { items, total } = page;
  const tolerated = toleratedOf(tolerate, total);
  const questions = items.filter((item) => 'text' in item);
  const unreadable = items.filter((item) => 'problem' in item).map(failureOf);
  const left = tolerated - failed - unreadable.length;
  if (left < 0) throw itemsFailed(unreadable, tolerated, total);
  const outcomes = await eachInChunks(
    questions.map(({ text }) => ({ text })),
    works[prefer],
    {
      concurrency,
      tolerate: left,
      ...chunksOf[prefer],
      ...(items.length < total && { name: `${from + 1} to ${from + items.length}` }),
    },
  );
  const next = outcomes.values();
  return items.map((item) => ('problem' in item ? unreadableResult(item) : resultOf(item, next.next().value)));
}

async function classify(name: string, text: string): Promise<Classified> {
  const answer = await step<{ intent: string; confidence: number } | null>(name, { question: text });
  const { value, tier, servedBy, degraded, costUsd, reason } = answer;
  // A step may say `onExhausted: skip`: then there is no answer, and the item has none either.
  if (value === null) throw ApplicationFailure.nonRetryable(`${name} was skipped`, reason, { costUsd });
  return { intent: value.intent, confidence: value.confidence, tier, servedBy, degraded, costUsd };
}

function resultOf({ id, intent }: BulkItem, outcome: ItemOutcome<Classified> | undefined): BulkResult {
  const known = { id, ...(intent !== undefined && { expected: intent }) };
  if (outcome?.ok === true) return { ...known, ...outcome.value };
  const { type = 'Llm.Internal', message = 'the item has no outcome', details } = outcome?.failure ?? {};
  const costUsd = typeof details?.['costUsd'] === 'number' ? details['costUsd'] : 0;
  return { ...known, failure: { type, message: message.slice(0, longestMessage) }, costUsd };
}

function unreadableResult(item: UnreadableItem): BulkResult {
  return { id: item.id, failure: failureOf(item), costUsd: 0 };
}

function failureOf({ id, problem }: UnreadableItem): { type: string; message: string } {
  return { type: 'Pipeline.InvalidInput', message: `${id}: ${problem}` };
}
