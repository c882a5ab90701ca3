/** OpenAI's Embeddings, at Azure too: https://platform.openai.com/docs/api-reference/embeddings. */
import type { InputRecord } from '../../read-input';
import { countTokens } from '../../tokenizer';
import { embedText } from '../../writing/embed-text';
import { embeddingCall, unstreamed } from '../embedding-call';
import type { EmbeddingRequest, WireFormat } from '../wire-format';
import * as common from './common';
import { invalid } from './errors';

const mostInputs = 2_048;
const mostTokens = 300_000;
const usualDimensions = 1_536;
const mostDimensions = 3_072;

export const embeddings: WireFormat = {
  ...unstreamed,
  name: 'embeddings',
  parse(received, served, frame) {
    const body = common.readBody(received);
    const model = common.readModel(body, served.settings, frame);
    const embedding = { texts: readInput(body, served.settings.contextWindow), dimensions: readDimensions(body) };
    const call = embeddingCall(embedding, { model, body }, served);
    if (call.inputTokens > mostTokens)
      throw invalid(`Requested ${call.inputTokens} tokens, max ${mostTokens} tokens per request`, {
        code: 'max_tokens_per_request',
      });
    return call;
  },
  json({ model, isEmpty, hidesUsage }, { embedding = noTexts, inputTokens, body }) {
    const isPacked = body['encoding_format'] === 'base64';
    const data = embedding.texts.map((text, index) => {
      const vector = embedText(text, { model, dimensions: embedding.dimensions });
      return { object: 'embedding', index, embedding: isPacked ? packed(vector) : vector };
    });
    return {
      object: 'list',
      data: isEmpty ? [] : data,
      model,
      ...(hidesUsage ? {} : { usage: { prompt_tokens: inputTokens, total_tokens: inputTokens } }),
    };
  },
};

const noTexts: EmbeddingRequest = { texts: [], dimensions: 1 };

function packed(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

function readInput({ input }: InputRecord, contextWindow: number): readonly string[] {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  const isText = (text: unknown): text is string => typeof text === 'string' && text !== '';
  if (list.length === 0 || list.length > mostInputs || !list.every(isText))
    throw invalid(`'$.input' is invalid. Expected 1 to ${mostInputs} non-empty texts.`, { param: 'input' });
  const long = list.map(countTokens).find((tokens) => tokens > contextWindow);
  if (long === undefined) return list;
  const message = `This model's maximum context length is ${contextWindow} tokens, however you requested ${long} tokens (${long} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`;
  throw invalid(message, { param: 'input', code: 'context_length_exceeded' });
}

function readDimensions({ dimensions }: InputRecord): number {
  if (dimensions === undefined || dimensions === null) return usualDimensions;
  if (typeof dimensions === 'number' && Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= mostDimensions)
    return dimensions;
  throw invalid(`Invalid value for 'dimensions': expected 1 to ${mostDimensions}.`, { param: 'dimensions' });
}
