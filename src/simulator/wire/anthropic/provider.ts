/** Anthropic. */
import { bearerTokenOf, headerOf } from '../provider';
import type { Provider } from '../provider';
import { anthropicErrors } from './errors';
import { messagesFormat } from './messages';

export const anthropic: Provider = {
  requestIdHeader: 'request-id',
  errors: anthropicErrors,
  newRequestId: (hex) => `req_01${hex}`,
  // The SDK sends its key as a bearer token since 1.x; `x-api-key` is the older way and still taken.
  keyOf: (headers) => headerOf(headers, 'x-api-key') ?? bearerTokenOf(headers),
  route: ({ method, path }) => {
    return method === 'POST' && path === '/v1/messages' ? { operation: 'create', wire: messagesFormat } : undefined;
  },
};
