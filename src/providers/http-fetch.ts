/**
 * The `fetch` that the SDKs are given: node:http instead of the built-in one, because that one cannot say when the
 * connection stood, gives up by itself after 10 s of connecting and 5 min of silence whatever our timers say, and
 * follows redirects. Here a redirect is a response like any other, an abort goes down to the socket, and the body
 * ends at the provider's own end mark, so that the connection can be used again.
 */
import http from 'node:http';
import https from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { AnswerTooLargeError, largestErrorBytes, largestEventBytes } from './answer-size';
import { recordOf, textOf } from './wire-value';

interface WireObserver {
  /** The request is handed to the operating system. */
  onSent(): void;
  /** Headers or bytes of the body came. */
  onBytes(): void;
  /** The end mark came: nothing of the answer is missing. */
  onEnd(): void;
}

export interface HttpFetchOptions extends WireObserver {
  /**
   * Tells the end of a stream: at most 64 bytes with the line end before them, tried on Latin-1 text. Without one the
   * body is read as long as it goes.
   */
  readonly endMark?: RegExp | undefined;
  /** A whole document, however long, whose reader bounds what it holds. Default false: events, each bounded here. */
  readonly isDocument?: boolean;
  /** Whether nothing of the answer is missing: an abort after that leaves the connection to be used again. */
  isOver(): boolean;
}

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The socket failed or the peer does not speak HTTP. `code` is Node's, e.g. `ECONNRESET`. */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  constructor(readonly code: string) {
    // Constant, because the SDKs look for words such as "timeout" in it.
    super('the connection failed');
  }
}

/** Idle connections older than this are not used again: the other side may have forgotten them. */
const idleConnectionMs = 15_000;
/** How long the few bytes after the end mark may take before the connection is given up. */
const drainMs = 250;
const endMarkWindow = 64;
const statusesWithoutBody = [204, 205, 304];

const agentOptions = { keepAlive: true, timeout: idleConnectionMs };
const agents = { http: new http.Agent(agentOptions), https: new https.Agent(agentOptions) };

const nobody: HttpFetchOptions = {
  onSent: () => undefined,
  onBytes: () => undefined,
  onEnd: () => undefined,
  isOver: () => false,
};

export function createHttpFetch(options: HttpFetchOptions = nobody): Fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const response = await sendRequest(url, await withForm(init), options);
    options.onBytes();
    return toWebResponse(response, options);
  };
}

/** A form as the bytes it is sent as: Node's own client knows no forms. */
async function withForm(init: RequestInit): Promise<RequestInit> {
  if (!(init.body instanceof FormData)) return init;
  const form = new Response(init.body);
  const headers = new Headers(init.headers);
  headers.set('content-type', form.headers.get('content-type') ?? '');
  return { ...init, headers, body: Buffer.from(await form.arrayBuffer()) };
}

function sendRequest(url: URL, init: RequestInit, options: HttpFetchOptions): Promise<IncomingMessage> {
  const body = typeof init.body === 'string' || Buffer.isBuffer(init.body) ? init.body : '';
  const isTls = url.protocol === 'https:';
  const request = (isTls ? https : http).request(url, {
    agent: isTls ? agents.https : agents.http,
    method: init.method ?? 'GET',
    headers: {
      ...Object.fromEntries(new Headers(init.headers)),
      'accept-encoding': 'identity',
      'content-length': Buffer.byteLength(body),
    },
  });
  if (init.signal) abortWith(init.signal, request, options);
  return new Promise((resolve, reject) => {
    request.once('finish', () => options.onSent());
    request.once('response', resolve);
    // Stays for good: a socket that fails during the body reports here too, and once more through the body.
    request.on('error', (error) => reject(transportErrorOf(error)));
    request.end(body);
  });
}

/**
 * Node's own `signal` option destroys the request with an error also when its socket is on the way back to the agent,
 * where nobody listens for errors: that ends the process. The response is destroyed without one.
 */
function abortWith(signal: AbortSignal, request: ClientRequest, options: HttpFetchOptions): void {
  let response: IncomingMessage | undefined;
  const abort = (): void => {
    if (!options.isOver()) (response ?? request).destroy();
  };
  request.once('response', (started) => (response = started));
  request.once('close', () => signal.removeEventListener('abort', abort));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
}

function toWebResponse(response: IncomingMessage, options: HttpFetchOptions): Response {
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 599) {
    response.destroy();
    throw new TransportError('INVALID_STATUS');
  }
  const headers = readHeaders(response.rawHeaders);
  if (!statusesWithoutBody.includes(status)) {
    return new Response(ReadableStream.from(readBody(response, options)), { status, headers });
  }
  response.resume();
  return new Response(null, { status, headers });
}

async function* readBody(response: IncomingMessage, options: HttpFetchOptions): AsyncGenerator<Uint8Array> {
  const isError = (response.statusCode ?? 0) >= 400;
  let tail = '';
  let heldBytes = 0;
  try {
    for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      options.onBytes();
      const window = tail + chunk.toString('latin1');
      heldBytes = isError || !endsEvent(window) ? heldBytes + chunk.byteLength : chunk.byteLength;
      tail = window.slice(-endMarkWindow);
      if (!isError && options.isDocument !== true && heldBytes > largestEventBytes) throw new AnswerTooLargeError();
      const isEnd = options.endMark?.test(window) ?? false;
      if (isEnd) options.onEnd();
      yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (isEnd || (isError && heldBytes > largestErrorBytes)) return;
    }
  } catch (error) {
    throw error instanceof AnswerTooLargeError ? error : transportErrorOf(error);
  } finally {
    drain(response);
  }
}

function endsEvent(window: string): boolean {
  return window.includes('\n\n') || window.includes('\r\n\r\n') || window.includes('\r\r');
}

/** Reads the rest of a body that nobody needs: the connection can only be used again after it. */
function drain(response: IncomingMessage): void {
  if (response.readableEnded || response.destroyed) return;
  const timer = setTimeout(() => response.destroy(), drainMs).unref();
  response.once('close', () => clearTimeout(timer));
  response.resume();
}

/** Headers that break the rules are left out rather than failing an answer that is otherwise good. */
function readHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    try {
      headers.append(raw[index] ?? '', raw[index + 1] ?? '');
    } catch {
      continue; // Not a header at all: bytes that HTTP does not allow.
    }
  }
  return headers;
}

function transportErrorOf(error: unknown): TransportError {
  return new TransportError(textOf(recordOf(error)['code']) ?? 'UNKNOWN');
}
