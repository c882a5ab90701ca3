/** A bare HTTP server that answers with exactly the bytes a test wants, and remembers what it was asked. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

export interface ServedRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** Resolves when the client has closed the connection or the response is through. */
  readonly closed: Promise<void>;
}

export class WireServer {
  readonly requests: ServedRequest[] = [];
  connections = 0;
  handler: Handler = (response) => void response.end();

  private constructor(private readonly server: Server) {
    server.on('connection', () => this.connections++);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response));
  }

  static async start(): Promise<WireServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WireServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was asked and answers with `handler` from now on. */
  answerWith(handler: Handler): void {
    this.requests.length = 0;
    this.handler = handler;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.requests.push({
      url: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>,
      closed: new Promise((resolve) => response.once('close', resolve)),
    });
    await this.handler(response, request);
  }
}

/** An event stream of these bytes, ended properly. */
export function streaming(...parts: readonly (string | Buffer)[]): Handler {
  return (response) => {
    beginStream(response);
    for (const part of parts) response.write(part);
    response.end();
  };
}

/** An event stream of these bytes that then stays open. */
export function hangingAfter(...parts: readonly string[]): Handler {
  return (response) => {
    beginStream(response);
    for (const part of parts) response.write(part);
  };
}

/** An event stream of these bytes whose connection is then cut. */
export function cutAfter(...parts: readonly string[]): Handler {
  return (response) => {
    beginStream(response);
    response.write(parts.join(''), () => response.socket?.destroy());
  };
}

export function status(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return (response) => {
    const isText = typeof body === 'string';
    response.writeHead(code, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
}

export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...streamHeaders });
  response.flushHeaders();
}

/** Both providers' request ids, so that tests of either can be written alike. */
export const streamHeaders = { 'x-request-id': 'req_wire_1', 'request-id': 'req_wire_1' };

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
