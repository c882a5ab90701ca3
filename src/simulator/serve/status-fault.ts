/** Faults that put an error response in the answer's place. */
import type { FaultSpec, HeaderValue } from '../faults/fault';
import { headersOfForm } from '../faults/retry-form';
import { isRecord } from '../read-input';
import { retryInfoOf } from '../wire/durations';
import { ProviderError } from '../wire/provider-error';
import type { Exchange } from './exchange';

/** Answers with the fault's status, and with its body or else the provider's own for that status and code. */
export function sendStatusFault(exchange: Exchange, fault: FaultSpec): void {
  if (fault.kind === 'rateLimit') sendRateLimit(exchange, fault);
  else {
    const { status = 500, code, headers = {} } = fault;
    const { errors, requestId } = exchange;
    const body = fault.body ?? errors.body(errors.ofStatus(status, code), requestId);
    send(exchange, { status, body, headers });
  }
}

function sendRateLimit(exchange: Exchange, { code, retryInMs = 0, form = 'own' }: FaultSpec): void {
  const { endpoint, errors, requestId, simulation } = exchange;
  const { status, fields } = errors.ofStatus(429, code);
  const isOwn = form === 'own';
  const error = new ProviderError(status, fields, isOwn ? retryInMs : undefined);
  const body = errors.body(error, requestId);
  const hint = isOwn
    ? endpoint.limitHeaders.ofRetry(retryInMs)
    : headersOfForm(form, retryInMs, simulation.clock.now());
  send(exchange, {
    status,
    body: form === 'retryInfo' ? withDetail(body, retryInfoOf(retryInMs)) : body,
    headers: hint,
  });
}

/** Google's detail in any provider's error, as it comes through interfaces that imitate another's. */
function withDetail(body: unknown, detail: object): unknown {
  if (!isRecord(body) || !isRecord(body['error'])) return body;
  const { details } = body['error'];
  const own: readonly unknown[] = Array.isArray(details) ? details : [];
  return { ...body, error: { ...body['error'], details: [...own, detail] } };
}

interface ErrorResponse {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, HeaderValue>>;
}

function send(exchange: Exchange, { status, body, headers }: ErrorResponse): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  exchange.finish('fault');
  exchange.sendBody(status, { text, type: 'application/json' }, { ...headers });
}
