/** Requests about batches and their files: free, beside the limits of calls. What is paid for is each request within. */
import { serveAnthropicBatch } from '../batch/anthropic-batches';
import { serveOpenAiBatch } from '../batch/openai-batches';
import type { BatchRoute } from '../wire/provider';
import type { Exchange } from './exchange';
import { pause } from './pause';
import { sendStatusFault } from './status-fault';
import { substituteFor } from './substitutes';

export async function serveBatch(exchange: Exchange, route: BatchRoute): Promise<void> {
  const fault = exchange.strike('request')?.spec ?? exchange.strike('answer')?.spec;
  if (fault?.kind === 'status' || fault?.kind === 'rateLimit') {
    sendStatusFault(exchange, fault);
    return;
  }
  const substitute = fault === undefined ? undefined : substituteFor(fault);
  if (substitute !== undefined) {
    substitute(exchange, false);
    return;
  }
  if (fault?.kind === 'hangBeforeHeaders') await pause(fault.forMs, exchange.signal);
  const serve = exchange.endpoint.settings.provider === 'anthropic' ? serveAnthropicBatch : serveOpenAiBatch;
  // Taken on, but the client never hears of it.
  if (fault?.kind === 'cutStream') cutAnswer(exchange);
  await serve(exchange, route);
}

function cutAnswer({ response }: Exchange): void {
  response.end = () => response.destroy();
}
