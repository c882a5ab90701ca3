/** Faults that put something else in the answer's place. */
import type { FaultSpec } from '../faults/fault';
import type { FaultKind } from '../faults/fault-kinds';
import { contentTypeOf } from './content-type';
import type { Exchange } from './exchange';
import { sendStatusFault } from './status-fault';

const gatewayPage =
  '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';

type Substitute = (exchange: Exchange, isStream: boolean) => void;
type SubstituteFactory = (fault: FaultSpec) => Substitute;

const substitutes: Partial<Record<FaultKind, SubstituteFactory>> = {
  status: (fault) => (exchange) => sendStatusFault(exchange, fault),
  emptyBody: () => (exchange, isStream) => {
    exchange.finish('fault');
    exchange.sendBody(200, { text: '', type: contentTypeOf(isStream) });
  },
  html: (fault) => (exchange) => {
    exchange.finish('fault');
    exchange.sendBody(fault.status ?? 200, { text: gatewayPage, type: 'text/html' });
  },
  brokenHeaders: () => (exchange) => {
    exchange.finish('fault');
    exchange.entry.status = 200;
    // Node's own response would refuse to write this.
    exchange.response.socket?.end('HTTP/1.1 200 OK\r\nx-broken\0\u0001: a\0b\r\n: nameless\r\n\r\n{}', 'latin1');
  },
};

/** Undefined: the fault is of another kind. */
export function substituteFor(fault: FaultSpec): Substitute | undefined {
  return substitutes[fault.kind]?.(fault);
}
