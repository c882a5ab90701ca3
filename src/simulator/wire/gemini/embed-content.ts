/** Gemini's embedContent and batchEmbedContents: https://ai.google.dev/api/embeddings. Neither says what it has counted. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import { embedText } from '../../writing/embed-text';
import { embeddingCall, unstreamed } from '../embedding-call';
import { textOfContent } from '../text-of-content';
import type { ModelCall, RequestFrame, ServedModel, WireFormat } from '../wire-format';
import { invalidArgument } from './errors';

const mostRequests = 100;
const usualDimensions = 3_072;

export const batchEmbedContents: WireFormat = {
  ...unstreamed,
  name: 'embedContent',
  parse(received, served, frame) {
    const requests: unknown = isRecord(received) ? received['requests'] : undefined;
    if (!Array.isArray(requests) || requests.length === 0 || requests.length > mostRequests)
      throw invalidArgument(`BatchEmbedContentsRequest.requests: at most ${mostRequests} requests can be in one batch`);
    return readCall(requests, { body: received as InputRecord, served, frame });
  },
  json: ({ model, isEmpty }, call) => (isEmpty ? {} : { embeddings: vectorsOf(call, model) }),
};

export const embedContent: WireFormat = {
  ...batchEmbedContents,
  parse(received, served, frame) {
    if (!isRecord(received)) throw invalidArgument('Invalid JSON payload received. Expected an object.');
    return readCall([received], { body: received, served, frame });
  },
  json: ({ model, isEmpty }, call) => (isEmpty ? {} : { embedding: vectorsOf(call, model)[0] }),
};

function vectorsOf({ embedding }: ModelCall, model: string): { values: number[] }[] {
  const { texts = [], dimensions = 1 } = embedding ?? {};
  return texts.map((text) => ({ values: embedText(text, { model, dimensions }) }));
}

interface Received {
  readonly body: InputRecord;
  readonly served: ServedModel;
  readonly frame: RequestFrame;
}

function readCall(requests: readonly unknown[], { body, served, frame }: Received): ModelCall {
  const { model = '' } = frame;
  if (served.settings.models?.includes(model) === false) throw frame.errors.unknownModel(model);
  const [first] = requests;
  const asked = isRecord(first) ? first['outputDimensionality'] : undefined;
  const dimensions = typeof asked === 'number' && Number.isInteger(asked) && asked > 0 ? asked : usualDimensions;
  return embeddingCall({ texts: requests.map(readText), dimensions }, { model, body }, served);
}

function readText(request: unknown): string {
  const content: unknown = isRecord(request) ? request['content'] : undefined;
  const text = isRecord(content) ? textOfContent(content['parts']) : undefined;
  if (text === undefined || text === '') throw invalidArgument('Content must not be empty.');
  return text;
}
