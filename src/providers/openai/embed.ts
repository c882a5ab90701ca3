/** `/embeddings` of OpenAI, Azure and the servers that speak like them: one request, one document. */
import { unpackVectors } from '../../contracts/embedding';
import type { Vector } from '../../contracts/embedding';
import type { ModelAnswer, ModelRequest } from '../../contracts/model';
import { capabilitiesOf } from '../../contracts/model-capabilities';
import type { EndpointSettings } from '../../contracts/settings';
import type { ModelCall } from '../provider';
import { streamCall } from '../stream-call';
import type { Wire } from '../stream-call';
import { createVectorReader } from '../vector-reader';
import type { FoundVectors } from '../vector-reader';
import { countOf, recordOf } from '../wire-value';
import { classifyBody, classifyError } from './classify-error';
import { readLimits } from './read-limits';
import type { SealedClient } from './sealed-client';

interface EmbeddingClient {
  readonly endpoint: EndpointSettings;
  readonly client: SealedClient;
  readonly requestIdHeader: string;
}

export function embed({ endpoint, client, requestIdHeader }: EmbeddingClient, call: ModelCall): Promise<ModelAnswer> {
  const { request } = call;
  const wire: Wire = {
    endpoint,
    requestIdHeader,
    open: async ({ fetch, ...options }) => {
      const { embeddings } = client.withOptions({ fetch });
      const { data, response } = await embeddings.create(mapRequest(request, endpoint), options).withResponse();
      return { response, events: [data], isDocument: true };
    },
    readLimits,
    createReader: () => createVectorReader(request, (document) => readDocument(document, request)),
    classifyError,
    classifyBody,
  };
  return streamCall(wire, call);
}

function mapRequest({ messages, embedding }: ModelRequest, endpoint: EndpointSettings) {
  return {
    model: endpoint.deployment ?? endpoint.model,
    input: messages.map(({ content }) => content),
    // A quarter of the bytes. Servers of one's own mostly know the numbers alone.
    encoding_format: endpoint.provider === 'openai-compatible' ? ('float' as const) : ('base64' as const),
    ...(embedding && capabilitiesOf(endpoint).dimensions ? { dimensions: embedding.dimensions } : {}),
  };
}

/** The vectors say which text they are of; a server that does not say it keeps the order. */
function readDocument(document: unknown, { embedding }: ModelRequest): FoundVectors {
  const { data, usage } = recordOf(document);
  const items = Array.isArray(data) ? data.map(recordOf) : [];
  const vectors: (Vector | undefined)[] = items.map(() => undefined);
  for (const [place, item] of items.entries()) {
    const index = countOf(item['index']) ?? place;
    if (index < items.length) vectors[index] = vectorOf(item['embedding'], embedding?.dimensions ?? 1);
  }
  const { prompt_tokens: inputTokens } = recordOf(usage);
  return { vectors, usage: typeof inputTokens === 'number' ? { inputTokens } : {} };
}

/** Of another length than was asked for it is read all the same: the failure names both. */
function vectorOf(value: unknown, dimensions: number): Vector | undefined {
  if (Array.isArray(value)) return value as Vector;
  return typeof value === 'string' ? (unpackVectors(value, dimensions) ?? unpackVectors(value, 1))?.flat() : undefined;
}
