import type { FaultSpec } from '../faults/fault';
import type { Answer } from '../wire/answer';
import type { ModelCall, WireFormat } from '../wire/wire-format';
import type { Exchange } from './exchange';
import type { Pacer } from './pacer';

/** An answer on its way to who asked. */
export interface Delivery<Wire extends WireFormat = WireFormat> {
  readonly exchange: Exchange;
  readonly wire: Wire;
  readonly call: ModelCall;
  readonly answer: Answer;
  readonly pacer: Pacer;
  readonly fault: FaultSpec | undefined;
}
