/** Gemini's `batchEmbedContents`, through Google's SDK: one request, one document. It does not say what it has counted. */
import type { GoogleGenAI } from '@google/genai';
import type { Vector } from '../../contracts/embedding';
import type { ModelAnswer } from '../../contracts/model';
import { capabilitiesOf } from '../../contracts/model-capabilities';
import type { EndpointSettings } from '../../contracts/settings';
import type { ModelCall } from '../provider';
import { streamCall } from '../stream-call';
import type { Wire } from '../stream-call';
import { createVectorReader } from '../vector-reader';
import { recordOf } from '../wire-value';
import { classifyBody } from './classify-error';
import { openDocument } from './open-stream';
import { readLimits } from './read-limits';

interface EmbeddingClient {
  readonly endpoint: EndpointSettings;
  readonly client: GoogleGenAI;
}

export function embed({ endpoint, client }: EmbeddingClient, call: ModelCall): Promise<ModelAnswer> {
  const { messages, embedding } = call.request;
  const dimensions = capabilitiesOf(endpoint).dimensions ? embedding?.dimensions : undefined;
  const wire: Wire = {
    endpoint,
    requestIdHeader: 'x-request-id',
    open: ({ fetch, signal, headers }) =>
      openDocument(fetch, (kept) =>
        client.models.embedContent({
          model: endpoint.model,
          contents: messages.map(({ content }) => content),
          config: {
            ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
            abortSignal: signal,
            httpOptions: { headers, fetch: kept },
          },
        }),
      ),
    readLimits,
    createReader: () => createVectorReader(call.request, (document) => ({ vectors: vectorsOf(document), usage: {} })),
    // The SDK throws only what `openDocument` has classified, or what is a defect.
    classifyError: () => undefined,
    classifyBody,
  };
  return streamCall(wire, call);
}

function vectorsOf(document: unknown): (Vector | undefined)[] {
  const { embeddings } = recordOf(document);
  if (!Array.isArray(embeddings)) return [];
  return embeddings.map((each) => {
    const { values } = recordOf(each);
    return Array.isArray(values) ? (values as Vector) : undefined;
  });
}
