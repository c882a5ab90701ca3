/** Gemini: `/v1beta/models/{model}:generateContent` and `:streamGenerateContent?alt=sse`. */
import { headerOf } from '../provider';
import type { Provider } from '../provider';
import { geminiErrors } from './errors';
import { generateContent } from './generate-content';

const methodPath = /^\/v1(?:beta|alpha)?\/models\/([\w.-]+):(generateContent|streamGenerateContent)$/;

export const gemini: Provider = {
  // Google sends no request id. This one is the simulator's, so that a call can be found.
  requestIdHeader: 'x-simulator-request-id',
  errors: geminiErrors,
  newRequestId: (hex) => hex,
  keyOf: (headers) => headerOf(headers, 'x-goog-api-key'),
  route: ({ method, path, query }) => {
    const [, model, action] = methodPath.exec(path) ?? [];
    if (method !== 'POST' || model === undefined) return undefined;
    const isStream = action === 'streamGenerateContent';
    // Without `alt=sse` it would be one JSON array, which no SDK reads any more.
    if (isStream && query.get('alt') !== 'sse') return undefined;
    return { operation: 'create', wire: generateContent, model, isStream };
  },
};
