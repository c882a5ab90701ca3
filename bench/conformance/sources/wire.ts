/** A bare server of its own for each run, which answers with exactly the bytes a case wants. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { closesWithinMs, isSettledWithin } from './stage';
import type { Evidence, Stage } from './stage';

export interface WireRequest {
  /** 0 first. */
  readonly index: number;
  readonly url: string;
  readonly method: string;
}

export type WireHandler = (response: ServerResponse, request: WireRequest) => void | Promise<void>;

export async function openWireStage(handler: WireHandler): Promise<Stage> {
  const stage = new WireStage(handler);
  await stage.listen();
  return stage;
}

class WireStage implements Stage {
  private readonly server: Server;
  private readonly closings: Promise<void>[] = [];
  private readonly sockets = new Set<Socket>();
  private body: unknown;
  private headers: IncomingMessage['headers'] = {};
  private url = '';
  private requests = 0;
  private defect: unknown;
  private readonly firstArrival: Promise<void>;
  private announceArrival: () => void = () => undefined;

  constructor(private readonly handler: WireHandler) {
    this.firstArrival = new Promise((resolve) => (this.announceArrival = resolve));
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => (this.defect = error));
    });
    this.server.on('connection', (socket) => this.sockets.add(socket));
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get root(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  arrived(): Promise<void> {
    return this.firstArrival;
  }

  async inspect(): Promise<Evidence> {
    const isClosed = await isSettledWithin(Promise.all(this.closings), closesWithinMs);
    if (this.defect !== undefined) throw this.defect;
    const { requests, body, headers, url } = this;
    const bytes = [...this.sockets].reduce((sum, socket) => sum + takenFrom(socket), 0);
    return { requests, struck: requests, body, headers, url, isClosed, bytes };
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = this.requests++;
    this.closings.push(new Promise((resolve) => response.once('close', resolve)));
    this.headers = request.headers;
    this.url = request.url ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    this.body = text === '' ? undefined : (JSON.parse(text) as unknown);
    this.announceArrival();
    await this.handler(response, { index, url: this.url, method: request.method ?? '' });
  }
}

/** Nobody listens here. */
export async function openClosedStage(): Promise<Stage> {
  const server = createTcpServer();
  const root = `http://127.0.0.1:${await listen(server)}`;
  await stop(server);
  const inspect = (): Promise<Evidence> => Promise.resolve({ requests: 0, struck: 1, isClosed: true });
  return { root, arrived: () => new Promise(() => undefined), inspect, close: () => Promise.resolve() };
}

/** TCP stands at once, but whoever greets is never answered. */
export async function openMuteStage(): Promise<Stage> {
  const server = createTcpServer();
  const sockets = new Set<Socket>();
  const closings: Promise<unknown>[] = [];
  server.on('connection', (socket) => {
    // Read, or the end of the connection would never be noticed.
    sockets.add(socket.on('error', () => undefined).resume());
    closings.push(new Promise((resolve) => socket.once('close', resolve)));
  });
  return {
    root: `https://127.0.0.1:${await listen(server)}`,
    arrived: () => new Promise((resolve) => server.once('connection', () => resolve())),
    inspect: async () => {
      const isClosed = await isSettledWithin(Promise.all(closings), closesWithinMs);
      return { requests: 0, struck: sockets.size, isClosed };
    },
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await stop(server);
    },
  };
}

async function listen(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function stop(server: TcpServer): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Written, less what never left this process. */
function takenFrom(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength;
}
