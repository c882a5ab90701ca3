/** Takes one request to an endpoint through everything a provider does with it, in the provider's order. */
import { isBatchRoute } from '../wire/provider';
import type { Route } from '../wire/provider';
import { ProviderError } from '../wire/provider-error';
import type { ModelCall, WireFormat } from '../wire/wire-format';
import { answerCall } from './answer-call';
import { serveBatch } from './serve-batch';
import { serveStored } from './serve-stored';
import type { Exchange } from './exchange';
import { readBody } from './read-body';
import { sendStatusFault } from './status-fault';

const maxBodyBytes = 32 * 1024 * 1024;

/** Never throws. */
export async function serveCall(exchange: Exchange): Promise<void> {
  if (exchange.strike('connect') !== undefined) {
    exchange.finish('fault');
    exchange.request.socket.resetAndDestroy();
    return;
  }
  try {
    const route = readRoute(exchange);
    if (isBatchRoute(route)) {
      await serveBatch(exchange, route);
      return;
    }
    if (route.operation !== 'create') {
      await serveStored(exchange, route);
      return;
    }
    const call = await readCall(exchange, route);
    const strike = exchange.strike('request');
    if (strike !== undefined) {
      // Whoever is not let in is nobody's request.
      if (strike.spec.status !== 401 && strike.spec.status !== 403) exchange.endpoint.limiter.chargeFailed();
      sendStatusFault(exchange, strike.spec);
      return;
    }
    await admitCall(exchange, route.wire, call);
  } catch (error) {
    endWithError(exchange, error);
  }
}

function readRoute({ endpoint, errors, path, provider, request, route }: Exchange): Route {
  const key = provider.keyOf(request.headers);
  if (key !== endpoint.settings.apiKey) throw errors.unauthorized(key);
  if (route === undefined) throw errors.unknownRoute(request.method ?? '', path);
  return route;
}

async function admitCall(exchange: Exchange, wire: WireFormat, call: ModelCall): Promise<void> {
  const { endpoint, entry, simulation } = exchange;
  entry.receivedAt = simulation.clock.now();
  const verdict = endpoint.limiter.admit(call, entry.receivedAt);
  if (!verdict.isAdmitted) throw exchange.errors.rateLimited(verdict, call.model);
  exchange.claim = verdict;
  entry.chargedTokens = verdict.chargedTokens;
  try {
    await answerCall(exchange, wire, call);
  } finally {
    endpoint.limiter.settle(verdict);
    entry.chargedTokens = verdict.chargedTokens;
  }
}

type CreateRoute = Extract<Route, { operation: 'create' }>;

async function readCall(exchange: Exchange, { wire, ...target }: CreateRoute): Promise<ModelCall> {
  const { endpoint, entry, errors, request } = exchange;
  const text = await readBody(request, maxBodyBytes);
  try {
    if (text === undefined) throw errors.bodyTooLarge();
    const body = parseJson(text, errors.malformedJson);
    const call = wire.parse(body, endpoint, { ...target, headers: request.headers, errors });
    entry.model = call.model;
    entry.stream = call.isStream;
    entry.background = call.isBackground;
    entry.inputTokens = call.inputTokens;
    return call;
  } catch (error) {
    endpoint.limiter.chargeFailed();
    throw error;
  }
}

function endWithError(exchange: Exchange, error: unknown): void {
  const hasClientLeft = exchange.signal.aborted || !exchange.request.socket.writable;
  if (hasClientLeft) {
    exchange.finish('aborted');
    return;
  }
  if (error instanceof ProviderError) {
    exchange.finish('rejected');
    exchange.sendError(error);
    return;
  }
  // A defect of the simulator. It must not pass for one of the provider, so it has a body of its own.
  exchange.conclude('fault');
  const text = JSON.stringify({ simulatorDefect: error instanceof Error ? error.stack : String(error) });
  if (exchange.response.headersSent) exchange.response.destroy();
  else exchange.sendBody(500, { text, type: 'application/json' });
}

function parseJson(text: string, malformed: () => ProviderError): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
}
