/** Requests about a background response: free, beside all limits. */
import type { FaultSpec } from '../faults/fault';
import { invalid } from '../wire/openai/errors';
import type { ResponsesFormat } from '../wire/openai/responses';
import type { Route } from '../wire/provider';
import { sendEvents } from './background';
import type { Exchange } from './exchange';
import { pause } from './pause';
import { sendStatusFault } from './status-fault';
import type { StoredResponse } from './stored-response';
import { substituteFor } from './substitutes';

type StoredRoute = Extract<Route, { operation: 'retrieve' | 'cancel' }>;

export async function serveStored(exchange: Exchange, { operation, wire, responseId }: StoredRoute): Promise<void> {
  const fault = exchange.strike('request')?.spec ?? exchange.strike('answer')?.spec;
  if (fault?.kind === 'status' || fault?.kind === 'rateLimit') {
    sendStatusFault(exchange, fault);
    return;
  }
  const { endpoint, simulation } = exchange;
  const stored = endpoint.responses.get(responseId, simulation.clock.now());
  if (stored === undefined) throw notFound(responseId);
  if (operation === 'cancel') cancel(exchange, stored);
  else await retrieve(exchange, stored, { wire, fault });
}

function notFound(responseId: string): ReturnType<typeof invalid> {
  return invalid(`Response with id '${responseId}' not found.`, { status: 404, param: 'id' });
}

function cancel(exchange: Exchange, stored: StoredResponse): void {
  if (stored.isOver && stored.status !== 'cancelled') throw invalid(`Cannot cancel a ${stored.status} response.`);
  stored.cancel();
  sendObject(exchange, stored);
}

interface Reading {
  readonly wire: ResponsesFormat;
  readonly fault: FaultSpec | undefined;
}

async function retrieve(exchange: Exchange, stored: StoredResponse, { wire, fault }: Reading): Promise<void> {
  const { entry, query, signal } = exchange;
  entry.stream = query.get('stream') === 'true';
  const from = readFrom(query.get('starting_after'));
  const substitute = fault === undefined ? undefined : substituteFor(fault);
  if (fault?.kind === 'hangBeforeHeaders') await pause(fault.forMs, signal);
  if (substitute !== undefined) substitute(exchange, entry.stream);
  else if (entry.stream) await sendEvents({ exchange, wire, fault }, stored, from);
  else sendObject(exchange, stored);
}

function readFrom(startingAfter: string | null): number {
  if (startingAfter === null) return 0;
  if (/^\d+$/.test(startingAfter)) return Number(startingAfter) + 1;
  const message = `Invalid type for 'starting_after': expected an integer, but got '${startingAfter}' instead.`;
  throw invalid(message, { param: 'starting_after', code: 'invalid_type' });
}

function sendObject(exchange: Exchange, stored: StoredResponse): void {
  exchange.finish('answered');
  exchange.sendBody(200, { text: JSON.stringify(stored.read()), type: 'application/json' });
}
