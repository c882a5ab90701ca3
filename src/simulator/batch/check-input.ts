/** OpenAI's validation of a batch's input file: what is wrong with a line fails the whole batch. */
import { isRecord } from '../read-input';
import { ProviderError } from '../wire/provider-error';
import type { BatchError, BatchItem } from './batch-job';
import { readItem } from './run-item';
import type { ItemContext } from './run-item';

const mostRequests = 50_000;

interface CheckedInput {
  readonly items: readonly BatchItem[];
  readonly errors: readonly BatchError[];
  readonly model: string | undefined;
}

export function checkInput(context: ItemContext, input: { path: string; text: string }): CheckedInput {
  const lines = input.text.split('\n').filter((line) => line.trim() !== '');
  const checking: Checking = { context, path: input.path, seen: new Set(), items: [], errors: [], model: undefined };
  if (lines.length === 0) checking.errors.push({ code: 'empty_file', message: 'The input file is empty.' });
  if (lines.length > mostRequests) {
    const message = `The batch has ${lines.length} requests; at most ${mostRequests} are allowed.`;
    return { items: [], errors: [{ code: 'too_many_requests', message }], model: undefined };
  }
  lines.forEach((text, index) => readLine(checking, text, index + 1));
  const { items, errors, model } = checking;
  return { items, errors: [...errors, ...quotaErrors(context, items)], model };
}

interface Checking {
  readonly context: ItemContext;
  readonly path: string;
  readonly seen: Set<string>;
  readonly items: BatchItem[];
  readonly errors: BatchError[];
  model: string | undefined;
}

function readLine(checking: Checking, text: string, line: number): void {
  const complain = (code: string, message: string): void => void checking.errors.push({ code, message, line });
  const request = parse(text);
  if (!isRecord(request)) return complain('invalid_json_line', 'This line is not parseable as valid JSON.');
  const { custom_id: customId, method, url, body } = request;
  if (typeof customId !== 'string' || customId === '') return complain('invalid_custom_id', 'custom_id is required.');
  if (checking.seen.has(customId)) {
    return complain('duplicate_custom_id', `The custom_id '${customId}' for this request is a duplicate.`);
  }
  checking.seen.add(customId);
  if (method !== 'POST') return complain('invalid_method', "method must be 'POST'.");
  if (url !== checking.path) return complain('invalid_url', `url must be '${checking.path}', as the batch's endpoint.`);
  if (!isRecord(body)) return complain('invalid_body', 'body must be an object.');
  if (body['stream'] === true) return complain('invalid_request', 'Streaming is not supported in the Batch API.');
  const model = typeof body['model'] === 'string' ? body['model'] : '';
  checking.model ??= model;
  if (model !== checking.model) {
    return complain('mismatched_model', 'The provided model does not match the other requests of this batch.');
  }
  checking.items.push({ customId, body, inputTokens: inputTokensOf(checking.context, body) });
}

/** What the model would refuse is an error of that request alone, later. */
function inputTokensOf(context: ItemContext, body: unknown): number {
  try {
    return readItem(context, body).inputTokens;
  } catch (error) {
    if (error instanceof ProviderError) return 0;
    throw error;
  }
}

function quotaErrors({ endpoint }: ItemContext, items: readonly BatchItem[]): BatchError[] {
  const { enqueuedTokens } = endpoint.settings.batch;
  const tokens = items.reduce((sum, item) => sum + item.inputTokens, endpoint.batches.enqueued.tokens);
  if (enqueuedTokens === undefined || tokens <= enqueuedTokens) return [];
  const message = `Enqueued token limit reached for this model. Limit: ${enqueuedTokens} enqueued tokens. Please try again once some in_progress batches have been completed.`;
  return [{ code: 'token_limit_exceeded', message }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
