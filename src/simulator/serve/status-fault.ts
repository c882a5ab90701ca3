import type { FaultSpec } from '../faults/fault';
import type { Exchange } from './exchange';

/** Answers with the fault's status, and with its body or else the provider's own for that status and code. */
export function sendStatusFault(exchange: Exchange, fault: FaultSpec): void {
  const { status = 500, code, headers = {} } = fault;
  const { errors } = exchange.wire;
  const body = fault.body ?? errors.body(errors.ofStatus(status, code), exchange.requestId);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  exchange.finish('fault');
  exchange.sendBody(status, { text, type: 'application/json' }, headers);
}
