/**
 * Anthropic's Message Batches: the requests come in the body, the results as JSON lines once the batch has ended.
 * Source: https://platform.claude.com/docs/en/build-with-claude/batch-processing.
 */
import { isRecord } from '../read-input';
import type { Exchange } from '../serve/exchange';
import { readBytes } from '../serve/read-body';
import { invalidRequest } from '../wire/anthropic/errors';
import { messagesFormat } from '../wire/anthropic/messages';
import type { BatchRoute } from '../wire/provider';
import { ProviderError } from '../wire/provider-error';
import { windowMs } from './batch-job';
import type { BatchItem, BatchJob, ItemResult } from './batch-job';
import { readItem, runItem, spoiledLine } from './run-item';
import type { ItemContext } from './run-item';

const largestBodyBytes = 256 * 1024 * 1024;
const mostRequests = 100_000;
const customIdForm = /^[a-zA-Z0-9_-]{1,64}$/;

type Handler = (exchange: Exchange, id: string) => Promise<void> | void;

const handlers: Partial<Record<BatchRoute['operation'], Handler>> = {
  submitBatch,
  readBatch: (exchange, id) => sendJson(exchange, batchBodyOf(exchange, jobOf(exchange, id))),
  listBatches,
  readResults,
  cancelBatch,
  deleteBatch,
};

export async function serveAnthropicBatch(exchange: Exchange, { operation, id = '' }: BatchRoute): Promise<void> {
  await handlers[operation]?.(exchange, id);
}

async function submitBatch(exchange: Exchange): Promise<void> {
  const { endpoint, simulation, random, entry, request, errors } = exchange;
  const bytes = await readBytes(request, largestBodyBytes);
  if (bytes === undefined) throw errors.bodyTooLarge();
  const id = `msgbatch_01${random.hex(22)}`;
  const { apiKey } = entry;
  const context: ItemContext = {
    simulation,
    endpoint,
    wire: messagesFormat,
    headers: request.headers,
    apiKey,
    batchId: id,
  };
  const items = readItems(context, parse(exchange, bytes.toString('utf8')));
  const { enqueuedRequests = Number.POSITIVE_INFINITY } = endpoint.settings.batch;
  if (endpoint.batches.enqueued.requests + items.length > enqueuedRequests) throw errors.ofStatus(429);
  const { expiresAfterShare } = exchange.strikeBatch();
  entry.batchId = id;
  const job = endpoint.batches.open({
    id,
    items,
    errors: [],
    settings: endpoint.settings.batch,
    speed: simulation.speed,
    clock: simulation.clock,
    random,
    metadata: {},
    ...(expiresAfterShare !== undefined && { expiresAfterShare }),
    run: (item) => resultOf(context, item),
    lineOfUnrun: ({ customId }, end) => lineOf(customId, { type: end === 'cancelled' ? 'canceled' : 'expired' }),
  });
  sendJson(exchange, batchBodyOf(exchange, job));
}

function readItems(context: ItemContext, body: unknown): BatchItem[] {
  const requests: unknown = isRecord(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0) {
    throw invalidRequest('requests: List should have at least 1 item');
  }
  if (requests.length > mostRequests) {
    throw invalidRequest(`requests: List should have at most ${mostRequests} items`);
  }
  const seen = new Set<string>();
  return requests.map((request: unknown, index) => {
    const { custom_id: customId, params } = isRecord(request) ? request : {};
    if (typeof customId !== 'string' || !customIdForm.test(customId)) {
      throw invalidRequest(`requests.${index}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`);
    }
    if (seen.has(customId)) throw invalidRequest(`requests.${index}.custom_id: custom_id must be unique`);
    seen.add(customId);
    if (!isRecord(params)) throw invalidRequest(`requests.${index}.params: Field required`);
    return { customId, body: params, inputTokens: inputTokensOf(context, params) };
  });
}

/** The parameters themselves are looked at when the request's turn comes. */
function inputTokensOf(context: ItemContext, params: unknown): number {
  try {
    return readItem(context, params).inputTokens;
  } catch (error) {
    if (error instanceof ProviderError) return 0;
    throw error;
  }
}

function resultOf(context: ItemContext, { customId, body }: BatchItem): ItemResult {
  const answer = runItem(context, { customId, body });
  if (answer.kind === 'failed') {
    return { end: 'errored', line: lineOf(customId, { type: 'errored', error: answer.body }) };
  }
  const line = lineOf(customId, { type: 'succeeded', message: answer.body });
  return { end: 'succeeded', line: spoiledLine(line, answer.fault) };
}

function lineOf(customId: string, result: object): string {
  return JSON.stringify({ custom_id: customId, result });
}

function jobOf({ endpoint, errors }: Exchange, id: string): BatchJob {
  const job = endpoint.batches.get(id);
  if (job === undefined) throw errors.ofStatus(404);
  return job;
}

function readResults(exchange: Exchange, id: string): void {
  const job = jobOf(exchange, id);
  if (!job.isOver) throw exchange.errors.ofStatus(404);
  const text = job.results.flatMap(({ line }) => (line === undefined ? [] : [`${line}\n`])).join('');
  exchange.finish('answered');
  exchange.sendBody(200, { text, type: 'application/x-jsonl' });
}

function cancelBatch(exchange: Exchange, id: string): void {
  const job = jobOf(exchange, id);
  job.cancel();
  sendJson(exchange, batchBodyOf(exchange, job));
}

function deleteBatch(exchange: Exchange, id: string): void {
  const job = jobOf(exchange, id);
  if (!job.isOver) throw invalidRequest('A batch that is in progress cannot be deleted: cancel it first.');
  exchange.endpoint.batches.delete(id);
  sendJson(exchange, { id, type: 'message_batch_deleted' });
}

function listBatches(exchange: Exchange): void {
  const { jobs, hasMore } = exchange.endpoint.batches.page(exchange.query, 'after_id');
  sendJson(exchange, {
    data: jobs.map((job) => batchBodyOf(exchange, job)),
    has_more: hasMore,
    first_id: jobs[0]?.options.id ?? null,
    last_id: jobs.at(-1)?.options.id ?? null,
  });
}

function batchBodyOf({ endpoint, request }: Exchange, job: BatchJob): object {
  const { id } = job.options;
  const { cancelling, ended } = job.reachedAtMs;
  const at = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  const status = job.isOver ? 'ended' : job.state === 'cancelling' ? 'canceling' : 'in_progress';
  // All of them are counted as processing until the batch has ended.
  const { succeeded, errored, expired, cancelled } = job.counts;
  const none = { processing: job.total, succeeded: 0, errored: 0, canceled: 0, expired: 0 };
  const counts = { processing: 0, succeeded, errored, canceled: cancelled, expired };
  const results = `http://${request.headers.host ?? ''}/${endpoint.settings.name}/v1/messages/batches/${id}/results`;
  return {
    id,
    type: 'message_batch',
    processing_status: status,
    request_counts: job.isOver ? counts : none,
    created_at: at(job.createdAtMs),
    ended_at: at(ended),
    expires_at: at(job.createdAtMs + windowMs),
    cancel_initiated_at: at(cancelling),
    archived_at: null,
    results_url: job.isOver ? results : null,
  };
}

function parse({ errors }: Exchange, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw errors.malformedJson();
  }
}

function sendJson(exchange: Exchange, body: object): void {
  exchange.finish('answered');
  exchange.sendBody(200, { text: JSON.stringify(body), type: 'application/json' });
}
