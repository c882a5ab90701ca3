/** OpenAI, and servers that speak its chat interface. */
import { bearerTokenOf } from '../provider';
import type { BatchRoute, Provider, Route } from '../provider';
import type { WireFormat } from '../wire-format';
import { openAiChat } from './chat';
import { embeddings } from './embeddings';
import { openAiErrors } from './errors';
import { responses } from './responses';

export const openAi: Provider = {
  requestIdHeader: 'x-request-id',
  errors: openAiErrors,
  newRequestId: (hex) => `req_${hex}`,
  keyOf: bearerTokenOf,
  route: ({ method, path }) => {
    if (!path.startsWith('/v1/')) return undefined;
    const request = { method, path: path.slice('/v1'.length) };
    return routeBelow(request, openAiChat) ?? batchRouteOf(request);
  },
};

/** Paths below the version: `/chat/completions`, `/embeddings`, `/responses`, `/responses/{id}`, `/responses/{id}/cancel`. */
export function routeBelow(request: { method: string; path: string }, chat: WireFormat): Route | undefined {
  const { method, path } = request;
  if (method === 'POST' && path === '/chat/completions') return { operation: 'create', wire: chat };
  if (method === 'POST' && path === '/responses') return { operation: 'create', wire: responses };
  if (method === 'POST' && path === '/embeddings') return { operation: 'create', wire: embeddings };
  const [, responseId, action] = /^\/responses\/([\w-]+)(\/cancel)?$/.exec(path) ?? [];
  if (responseId === undefined) return undefined;
  if (method === 'GET' && action === undefined) return { operation: 'retrieve', wire: responses, responseId };
  if (method === 'POST' && action !== undefined) return { operation: 'cancel', wire: responses, responseId };
  return undefined;
}

/** `/files`, `/files/{id}`, `/files/{id}/content`, `/batches`, `/batches/{id}`, `/batches/{id}/cancel`. */
function batchRouteOf({ method, path }: { method: string; path: string }): BatchRoute | undefined {
  const [, kind, id, action = ''] = /^\/(files|batches)(?:\/([\w-]+)(?:\/(\w+))?)?$/.exec(path) ?? [];
  const operation =
    kind === undefined ? undefined : operations[`${method} ${kind}${id ? '/id' : ''}${action && `/${action}`}`];
  return operation && { operation, ...(id !== undefined && { id }) };
}

const operations: Readonly<Record<string, BatchRoute['operation']>> = {
  'POST files': 'uploadFile',
  'GET files/id': 'readFile',
  'GET files/id/content': 'readFileContent',
  'DELETE files/id': 'deleteFile',
  'POST batches': 'submitBatch',
  'GET batches': 'listBatches',
  'GET batches/id': 'readBatch',
  'POST batches/id/cancel': 'cancelBatch',
};
