/** Takes one request to an endpoint through everything a provider does with it, in the provider's order. */
import { ProviderError } from '../wire/provider-error';
import type { ModelCall } from '../wire/wire-format';
import { answerCall } from './answer-call';
import type { Exchange } from './exchange';
import { readBody } from './read-body';
import { sendStatusFault } from './status-fault';

const maxBodyBytes = 32 * 1024 * 1024;

/** `path` is what follows the endpoint's name. Never throws. */
export async function serveCall(exchange: Exchange, path: string): Promise<void> {
  if (exchange.strike('connect') !== undefined) {
    exchange.finish('fault');
    exchange.request.socket.resetAndDestroy();
    return;
  }
  try {
    const call = await readCall(exchange, path);
    const strike = exchange.strike('request');
    if (strike !== undefined) {
      // Whoever is not let in is nobody's request.
      if (strike.spec.status !== 401 && strike.spec.status !== 403) exchange.endpoint.limiter.chargeFailed();
      sendStatusFault(exchange, strike.spec);
      return;
    }
    await admitCall(exchange, call);
  } catch (error) {
    endWithError(exchange, error);
  }
}

async function admitCall(exchange: Exchange, call: ModelCall): Promise<void> {
  const { endpoint, entry, simulation, wire } = exchange;
  entry.receivedAt = simulation.clock.now();
  const verdict = endpoint.limiter.admit(call, entry.receivedAt);
  if (!verdict.isAdmitted) throw wire.errors.rateLimited(verdict, call.model);
  exchange.claim = verdict;
  entry.chargedTokens = verdict.chargedTokens;
  try {
    await answerCall(exchange, call);
  } finally {
    endpoint.limiter.settle(verdict);
    entry.chargedTokens = verdict.chargedTokens;
  }
}

async function readCall(exchange: Exchange, path: string): Promise<ModelCall> {
  const { wire, request, endpoint, entry } = exchange;
  const { errors } = wire;
  const key = wire.keyOf(request.headers);
  if (key !== endpoint.settings.apiKey) throw errors.unauthorized(key);
  if (request.method !== 'POST' || path !== wire.path) throw errors.unknownRoute(request.method ?? '', path);
  const text = await readBody(request, maxBodyBytes);
  try {
    if (text === undefined) throw errors.bodyTooLarge();
    const call = wire.parse(parseJson(text, errors.malformedJson), endpoint, request.headers);
    entry.model = call.model;
    entry.stream = call.isStream;
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
  exchange.finish('fault');
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
