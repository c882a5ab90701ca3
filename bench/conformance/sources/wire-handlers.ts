/** What a wire server can do with a request. */
import type { ServerResponse } from 'node:http';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { WireHandler } from './wire';

type Part = string | Buffer;

export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'x-request-id': 'req_wire_1',
  'request-id': 'req_wire_1',
  'apim-request-id': 'req_wire_1',
};

export function beginStream(response: ServerResponse): void {
  response.writeHead(200, streamHeaders);
  response.flushHeaders();
}

/** An event stream of these bytes, ended properly. */
export function stream(...parts: readonly Part[]): WireHandler {
  return (response) => {
    beginStream(response);
    for (const part of parts) response.write(part);
    response.end();
  };
}

/** An event stream of these bytes that then stays open and silent. */
export function hangAfter(...parts: readonly Part[]): WireHandler {
  return (response) => {
    beginStream(response);
    for (const part of parts) response.write(part);
  };
}

/** The connection is reset once these bytes are written. */
export function resetAfter(...parts: readonly Part[]): WireHandler {
  return (response) => {
    beginStream(response);
    response.write(Buffer.concat(parts.map((part) => Buffer.from(part))), () => response.socket?.resetAndDestroy());
  };
}

/** The connection is closed in good order, but the body is not at its end. */
export function closeAfter(...parts: readonly Part[]): WireHandler {
  return (response) => {
    beginStream(response);
    response.write(Buffer.concat(parts.map((part) => Buffer.from(part))), () => response.socket?.end());
  };
}

/** One write of `size` bytes per turn of the event loop. */
export function trickle(bytes: Part, size = 1): WireHandler {
  return async (response) => {
    beginStream(response);
    // Or the operating system would put the pieces together again.
    response.socket?.setNoDelay(true);
    const whole = Buffer.from(bytes);
    for (let at = 0; at < whole.length && !response.destroyed; at += size) {
      response.write(whole.subarray(at, at + size));
      await turn();
    }
    response.end();
  };
}

/** One part every `everyMs`. */
export function drip(everyMs: number, ...parts: readonly Part[]): WireHandler {
  return async (response) => {
    beginStream(response);
    for (const part of parts) {
      if (response.destroyed) return;
      response.write(part);
      await pause(everyMs);
    }
    response.end();
  };
}

/** A response that is no stream. Anything but text is sent as JSON. */
export function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireHandler {
  const isText = typeof body === 'string';
  return (response) => {
    response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
}

/** These bytes in place of a response. */
export function raw(...parts: readonly Part[]): WireHandler {
  return (response) => void response.socket?.end(Buffer.concat(parts.map((part) => Buffer.from(part))));
}

/** A flood: `head`, then `piece` until `bytes` are sent or the client has gone, then `tail`. */
export function flood(contentType: string, { status = 200, head = '', piece, tail = '', bytes }: Flood): WireHandler {
  return async (response) => {
    response.writeHead(status, { ...streamHeaders, 'content-type': contentType });
    response.write(head);
    const chunk = Buffer.from(piece);
    for (let sent = 0; sent < bytes && !response.destroyed; sent += chunk.length) {
      if (!response.write(chunk)) await drained(response);
    }
    response.end(tail);
  };
}

export interface Flood {
  readonly status?: number;
  readonly head?: string;
  readonly piece: string;
  readonly tail?: string;
  readonly bytes: number;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
