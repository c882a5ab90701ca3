/** OpenAI, and servers that speak its chat interface. */
import { bearerTokenOf } from '../provider';
import type { Provider, Route } from '../provider';
import type { WireFormat } from '../wire-format';
import { openAiChat } from './chat';
import { openAiErrors } from './errors';
import { responses } from './responses';

export const openAi: Provider = {
  requestIdHeader: 'x-request-id',
  errors: openAiErrors,
  newRequestId: (hex) => `req_${hex}`,
  keyOf: bearerTokenOf,
  route: ({ method, path }) => {
    return path.startsWith('/v1/') ? routeBelow({ method, path: path.slice('/v1'.length) }, openAiChat) : undefined;
  },
};

/** Paths below the version: `/chat/completions`, `/responses`, `/responses/{id}`, `/responses/{id}/cancel`. */
export function routeBelow(request: { method: string; path: string }, chat: WireFormat): Route | undefined {
  const { method, path } = request;
  if (method === 'POST' && path === '/chat/completions') return { operation: 'create', wire: chat };
  if (method === 'POST' && path === '/responses') return { operation: 'create', wire: responses };
  const [, responseId, action] = /^\/responses\/([\w-]+)(\/cancel)?$/.exec(path) ?? [];
  if (responseId === undefined) return undefined;
  if (method === 'GET' && action === undefined) return { operation: 'retrieve', wire: responses, responseId };
  if (method === 'POST' && action !== undefined) return { operation: 'cancel', wire: responses, responseId };
  return undefined;
}
