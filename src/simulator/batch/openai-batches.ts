/**
 * OpenAI's files and batches: the input is a file of JSON lines, the results are files as well, one of the answered
 * requests and one of the others. Source: https://developers.openai.com/api/docs/guides/batch.
 */
import type { Exchange } from '../serve/exchange';
import { readBytes } from '../serve/read-body';
import { isRecord } from '../read-input';
import type { InputRecord } from '../read-input';
import { invalid } from '../wire/openai/errors';
import { openAiChat } from '../wire/openai/chat';
import { responses } from '../wire/openai/responses';
import type { BatchRoute } from '../wire/provider';
import type { WireFormat } from '../wire/wire-format';
import { windowMs } from './batch-job';
import type { BatchItem, BatchJob, ItemResult } from './batch-job';
import type { StoredFile } from './batch-desk';
import { checkInput } from './check-input';
import { runItem, spoiledLine } from './run-item';
import type { ItemContext } from './run-item';

const largestFileBytes = 200 * 1024 * 1024;
/** Boundaries and fields of the form beside the file. */
const formBytes = 64 * 1024;

const wireOf: Readonly<Record<string, WireFormat>> = {
  '/v1/chat/completions': openAiChat,
  '/v1/responses': responses,
};

type Handler = (exchange: Exchange, id: string) => Promise<void> | void;

const handlers: Partial<Record<BatchRoute['operation'], Handler>> = {
  uploadFile,
  readFile: (exchange, id) => sendJson(exchange, fileBodyOf(fileOf(exchange, id))),
  readFileContent,
  deleteFile,
  submitBatch,
  readBatch: (exchange, id) => sendJson(exchange, batchBodyOf(jobOf(exchange, id))),
  listBatches,
  cancelBatch,
};

export async function serveOpenAiBatch(exchange: Exchange, { operation, id = '' }: BatchRoute): Promise<void> {
  await handlers[operation]?.(exchange, id);
}

async function uploadFile(exchange: Exchange): Promise<void> {
  const bytes = await readBytes(exchange.request, largestFileBytes + formBytes);
  if (bytes === undefined) throw exchange.errors.bodyTooLarge();
  const type = String(exchange.request.headers['content-type'] ?? '');
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData().catch(() => {
    throw invalid('We could not parse the multipart form of your request.');
  });
  const [file, purpose] = [form.get('file'), form.get('purpose')];
  if (!(file instanceof Blob)) throw invalid("Missing required parameter: 'file'.", { param: 'file' });
  if (purpose !== 'batch') throw invalid("Invalid value for 'purpose': expected 'batch'.", { param: 'purpose' });
  if (file.size > largestFileBytes) throw exchange.errors.bodyTooLarge();
  const content = Buffer.from(await file.arrayBuffer());
  const stored = keepFile(exchange, { filename: file.name, purpose, content });
  sendJson(exchange, fileBodyOf(stored));
}

function keepFile(
  { endpoint, simulation, random }: Pick<Exchange, 'endpoint' | 'simulation' | 'random'>,
  { filename, purpose, content }: Pick<StoredFile, 'filename' | 'purpose' | 'content'>,
): StoredFile {
  const id = `file-${random.hex(24)}`;
  const file = { id, filename, purpose, content, createdAtMs: simulation.clock.now() };
  endpoint.batches.files.set(id, file);
  return file;
}

function fileOf({ endpoint }: Exchange, id: string): StoredFile {
  const file = endpoint.batches.files.get(id);
  if (file === undefined) throw invalid(`No such File object: ${id}`, { status: 404, param: 'id' });
  return file;
}

function fileBodyOf({ id, filename, purpose, content, createdAtMs }: StoredFile): object {
  const created = seconds(createdAtMs);
  return { id, object: 'file', bytes: content.length, created_at: created, filename, purpose, status: 'processed' };
}

function readFileContent(exchange: Exchange, id: string): void {
  const { content } = fileOf(exchange, id);
  exchange.finish('answered');
  exchange.sendBody(200, { text: content.toString('utf8'), type: 'application/octet-stream' });
}

function deleteFile(exchange: Exchange, id: string): void {
  fileOf(exchange, id);
  exchange.endpoint.batches.files.delete(id);
  sendJson(exchange, { id, object: 'file', deleted: true });
}

async function submitBatch(exchange: Exchange): Promise<void> {
  const { endpoint, simulation, random, entry, request } = exchange;
  const body = parseBody(exchange, (await readBytes(request, formBytes))?.toString('utf8') ?? '');
  const { endpoint: path, input_file_id: inputFile } = body;
  const wire = typeof path === 'string' && Object.hasOwn(wireOf, path) ? wireOf[path] : undefined;
  if (wire === undefined) throw invalid(`Invalid value for 'endpoint': ${String(path)}.`, { param: 'endpoint' });
  if (body['completion_window'] !== '24h') {
    throw invalid("Invalid value for 'completion_window': expected '24h'.", { param: 'completion_window' });
  }
  const input = fileOf(exchange, typeof inputFile === 'string' ? inputFile : '');
  const id = `batch_${random.hex(32)}`;
  const { apiKey } = entry;
  const context: ItemContext = { simulation, endpoint, wire, headers: request.headers, apiKey, batchId: id };
  const checked = checkInput(context, { path: String(path), text: input.content.toString('utf8') });
  const { failed, expiresAfterShare } = exchange.strikeBatch();
  entry.batchId = id;
  const job = endpoint.batches.open({
    id,
    items: checked.items,
    errors: failed ?? checked.errors,
    settings: endpoint.settings.batch,
    speed: simulation.speed,
    clock: simulation.clock,
    random,
    metadata: readMetadata(body['metadata']),
    ...(expiresAfterShare !== undefined && { expiresAfterShare }),
    run: (item) => resultOf(context, item),
    lineOfUnrun: (item, end) => unrunLine(item, end),
    onEnded: (ended) => keepResults(exchange, ended),
  });
  described.set(job, { path: String(path), inputFileId: input.id, model: checked.model });
  sendJson(exchange, batchBodyOf(job));
}

interface Described {
  readonly path: string;
  readonly inputFileId: string;
  readonly model: string | undefined;
  outputFileId?: string;
  errorFileId?: string;
}

/** What a batch object repeats, and a job need not know. */
const described = new WeakMap<BatchJob, Described>();

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

function resultOf(context: ItemContext, item: BatchItem): ItemResult {
  const answer = runItem(context, item);
  const status = answer.kind === 'failed' ? answer.status : 200;
  const line = JSON.stringify({
    id: `batch_req_${answer.requestId.slice(4)}`,
    custom_id: item.customId,
    response: { status_code: status, request_id: answer.requestId, body: answer.body },
    error: null,
  });
  if (answer.kind === 'failed') return { end: 'errored', line };
  return { end: 'succeeded', line: spoiledLine(line, answer.fault) };
}

const unrunMessages = {
  expired: 'This request could not be executed before the completion window expired.',
  cancelled: 'This request was cancelled.',
} as const;

function unrunLine({ customId }: BatchItem, end: keyof typeof unrunMessages): string {
  const error = { code: `batch_${end}`, message: unrunMessages[end] };
  return JSON.stringify({ id: `batch_req_${customId}`, custom_id: customId, response: null, error });
}

function keepResults(exchange: Exchange, job: BatchJob): void {
  const facts = described.get(job);
  if (facts === undefined || job.end === 'failed') return;
  const fileOfLines = (ends: readonly ItemResult['end'][], name: string): string | undefined => {
    const lines = job.results.flatMap(({ end, line }) => (ends.includes(end) && line !== undefined ? [line] : []));
    if (lines.length === 0) return undefined;
    const content = Buffer.from(`${lines.join('\n')}\n`);
    return keepFile(exchange, { filename: `${job.options.id}_${name}.jsonl`, purpose: 'batch_output', content }).id;
  };
  const outputFileId = fileOfLines(['succeeded'], 'output');
  const errorFileId = fileOfLines(['errored', 'expired', 'cancelled'], 'error');
  Object.assign(facts, { ...(outputFileId && { outputFileId }), ...(errorFileId && { errorFileId }) });
}

function jobOf({ endpoint }: Exchange, id: string): BatchJob {
  const job = endpoint.batches.get(id);
  if (job === undefined) throw invalid(`No batch found with id '${id}'.`, { status: 404 });
  return job;
}

function listBatches(exchange: Exchange): void {
  const { jobs, hasMore } = exchange.endpoint.batches.page(exchange.query, 'after');
  const data = jobs.map(batchBodyOf);
  sendJson(exchange, {
    object: 'list',
    data,
    first_id: jobs[0]?.options.id ?? null,
    last_id: jobs.at(-1)?.options.id ?? null,
    has_more: hasMore,
  });
}

function cancelBatch(exchange: Exchange, id: string): void {
  const job = jobOf(exchange, id);
  if (job.isOver) throw invalid(`Cannot cancel a batch with status '${statusOf(job)}'.`, { status: 409 });
  job.cancel();
  sendJson(exchange, batchBodyOf(job));
}

function statusOf({ state, end = 'completed' }: BatchJob): string {
  if (state === 'ended') return end;
  return state === 'running' ? 'in_progress' : state;
}

function batchBodyOf(job: BatchJob): object {
  const { id, errors, metadata } = job.options;
  const { path, inputFileId, outputFileId, errorFileId, model } = described.get(job) ?? {};
  const { running, finalizing, cancelling, ended } = job.reachedAtMs;
  const at = (ms: number | undefined): number | null => (ms === undefined ? null : seconds(ms));
  const endedAs = (end: BatchJob['end']): number | null => (job.end === end ? at(ended) : null);
  const { succeeded, errored, expired } = job.counts;
  const listed = errors.map((error) => ({ param: null, line: null, ...error }));
  return {
    id,
    object: 'batch',
    endpoint: path,
    model,
    errors: job.end === 'failed' ? { object: 'list', data: listed } : null,
    input_file_id: inputFileId,
    completion_window: '24h',
    status: statusOf(job),
    output_file_id: outputFileId ?? null,
    error_file_id: errorFileId ?? null,
    created_at: seconds(job.createdAtMs),
    in_progress_at: at(running),
    expires_at: seconds(job.createdAtMs + windowMs),
    finalizing_at: at(finalizing),
    completed_at: endedAs('completed'),
    failed_at: endedAs('failed'),
    expired_at: endedAs('expired'),
    cancelling_at: at(cancelling),
    cancelled_at: endedAs('cancelled'),
    request_counts: { total: job.total, completed: succeeded, failed: errored + expired },
    metadata,
  };
}

function parseBody({ errors }: Exchange, text: string): InputRecord {
  try {
    const body: unknown = JSON.parse(text);
    if (isRecord(body)) return body;
  } catch {
    // Told below.
  }
  throw errors.malformedJson();
}

function sendJson(exchange: Exchange, body: object): void {
  exchange.finish('answered');
  exchange.sendBody(200, { text: JSON.stringify(body), type: 'application/json' });
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
