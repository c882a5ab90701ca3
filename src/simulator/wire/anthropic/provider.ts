/** Anthropic. */
import { bearerTokenOf, headerOf } from '../provider';
import type { BatchRoute, Provider } from '../provider';
import { anthropicErrors } from './errors';
import { messagesFormat } from './messages';

export const anthropic: Provider = {
  requestIdHeader: 'request-id',
  errors: anthropicErrors,
  newRequestId: (hex) => `req_01${hex}`,
  // The SDK sends its key as a bearer token since 1.x; `x-api-key` is the older way and still taken.
  keyOf: (headers) => headerOf(headers, 'x-api-key') ?? bearerTokenOf(headers),
  route: ({ method, path }) => {
    if (method === 'POST' && path === '/v1/messages') return { operation: 'create', wire: messagesFormat };
    const [, id, action = ''] = /^\/v1\/messages\/batches(?:\/([\w-]+)(?:\/(\w+))?)?$/.exec(path) ?? [];
    if (!path.startsWith('/v1/messages/batches')) return undefined;
    const operation = operations[`${method}${id === undefined ? '' : ' id'}${action && `/${action}`}`];
    return operation && { operation, ...(id !== undefined && { id }) };
  },
};

/** Of paths below `/v1/messages/batches`. */
const operations: Readonly<Record<string, BatchRoute['operation']>> = {
  POST: 'submitBatch',
  GET: 'listBatches',
  'GET id': 'readBatch',
  'GET id/results': 'readResults',
  'POST id/cancel': 'cancelBatch',
  'DELETE id': 'deleteBatch',
};
