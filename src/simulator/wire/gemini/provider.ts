/** Gemini: `/v1beta/models/{model}:generateContent`, `:streamGenerateContent?alt=sse`, `:embedContent`, `:batchEmbedContents`. */
import { headerOf } from '../provider';
import type { Provider } from '../provider';
import type { WireFormat } from '../wire-format';
import { batchEmbedContents, embedContent } from './embed-content';
import { geminiErrors } from './errors';
import { generateContent } from './generate-content';

const methodPath = /^\/v1(?:beta|alpha)?\/models\/([\w.-]+):(\w+)$/;
const embeddings: Readonly<Record<string, WireFormat>> = { embedContent, batchEmbedContents };

export const gemini: Provider = {
  // Google sends no request id. This one is the simulator's, so that a call can be found.
  requestIdHeader: 'x-simulator-request-id',
  errors: geminiErrors,
  newRequestId: (hex) => hex,
  keyOf: (headers) => headerOf(headers, 'x-goog-api-key'),
  route: ({ method, path, query }) => {
    const [, model, action] = methodPath.exec(path) ?? [];
    if (method !== 'POST' || model === undefined) return undefined;
    const embedding = action !== undefined && Object.hasOwn(embeddings, action) ? embeddings[action] : undefined;
    if (embedding !== undefined) return { operation: 'create', wire: embedding, model };
    const isStream = action === 'streamGenerateContent';
    if (!isStream && action !== 'generateContent') return undefined;
    // Without `alt=sse` it would be one JSON array, which no SDK reads any more.
    if (isStream && query.get('alt') !== 'sse') return undefined;
    return { operation: 'create', wire: generateContent, model, isStream };
  },
};
