/** What a kind of provider is on the wire: its paths, keys, request ids and errors. */
import type { ResponsesFormat } from './openai/responses';
import type { ErrorFormat } from './provider-error';
import type { RequestHeaders, WireFormat } from './wire-format';

/** What a path asks for. */
export type Route =
  | { readonly operation: 'create'; readonly wire: WireFormat; readonly model?: string; readonly isStream?: boolean }
  | { readonly operation: 'retrieve' | 'cancel'; readonly wire: ResponsesFormat; readonly responseId: string }
  | BatchRoute;

export const batchOperations = [
  'uploadFile',
  'readFile',
  'readFileContent',
  'deleteFile',
  'submitBatch',
  'readBatch',
  'listBatches',
  'readResults',
  'cancelBatch',
  'deleteBatch',
] as const;
export type BatchOperation = (typeof batchOperations)[number];

export interface BatchRoute {
  readonly operation: BatchOperation;
  /** Of the batch or the file; absent where the path names none. */
  readonly id?: string;
}

export function isBatchRoute(route: Route): route is BatchRoute {
  return !('wire' in route);
}

export interface RouteRequest {
  readonly method: string;
  /** What follows the endpoint's name. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface Provider {
  readonly requestIdHeader: string;
  readonly errors: ErrorFormat;
  newRequestId(hex: string): string;
  keyOf(headers: RequestHeaders): string | undefined;
  /** Undefined: there is no such path. */
  route(request: RouteRequest): Route | undefined;
}

export function bearerTokenOf(headers: RequestHeaders): string | undefined {
  return /^Bearer (.+)$/.exec(String(headers['authorization'] ?? ''))?.[1];
}

/** A header's value; undefined when it is absent or empty. */
export function headerOf(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
