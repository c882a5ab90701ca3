/** Starts the simulator as an HTTP server of its own. */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from './clock';
import type { Clock } from './clock';
import { serveControl } from './control/control-routes';
import { kindOfPath, providerOf } from './endpoint';
import { Exchange } from './serve/exchange';
import type { HttpPair } from './serve/exchange';
import { serveCall } from './serve/serve-call';
import type { EndpointSettings } from './settings';
import { Simulation } from './simulation';

export interface SimulatorOptions {
  /** Default none: endpoints can be declared through the control API. */
  readonly endpoints?: readonly EndpointSettings[];
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`. The control API has no authentication: keep it away from other machines. */
  readonly host?: string;
  /** Decides texts, latencies, ids and the draws of faults. Default 1. */
  readonly seed?: number;
  /** Divides all latencies, not the limits. Default 1. */
  readonly speed?: number;
  /** Time of limits and ledger; tests pass one they move by hand. Default the machine's. */
  readonly clock?: Clock;
}

export interface RunningSimulator {
  /** E.g. `http://127.0.0.1:40123`. An endpoint's base URL is `<url>/<name>/v1` at OpenAI, elsewhere `<url>/<name>`. */
  readonly url: string;
  /** Cuts every open connection. */
  close(): Promise<void>;
}

/** Longer than any client keeps an idle connection: a reused one must not meet a socket that was just closed here. */
const keepAliveMs = 70_000;

/** Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const { endpoints = [], port = 0, host = '127.0.0.1', seed = 1, speed = 1, clock = systemClock } = options;
  const simulation = new Simulation({ endpoints, seed, speed, clock });
  const server = createServer({ keepAliveTimeout: keepAliveMs }, listenerOf(simulation));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${shown}:${address.port}`, close: () => closeServer(server) };
}

function listenerOf(simulation: Simulation): RequestListener {
  return (request, response) => {
    const pair = { request, response };
    const [pathname = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const [, name = ''] = pathname.split('/', 2);
    const path = pathname.slice(name.length + 1);
    if (name === 'control') {
      void serveControl(simulation, { path, query }, pair);
      return;
    }
    const endpoint = simulation.endpoints.get(name);
    if (endpoint === undefined) refuseUnknown(simulation, { name, path }, pair);
    else void serveCall(new Exchange(simulation, endpoint, { ...pair, path, query: new URLSearchParams(query) }));
  };
}

/** No such endpoint: nothing is known of its provider but what the path says. */
function refuseUnknown(
  simulation: Simulation,
  target: { name: string; path: string },
  { request, response }: HttpPair,
): void {
  const kind = kindOfPath(target.path);
  const { errors, requestIdHeader, newRequestId } = providerOf(kind);
  const now = simulation.clock.now();
  const entry = simulation.ledger.open({ endpoint: target.name, provider: kind, operation: 'create', receivedAt: now });
  Object.assign(entry, { outcome: 'rejected', status: 404, endedAt: now });
  const requestId = newRequestId(String(entry.seq).padStart(24, '0'));
  const error = errors.unknownRoute(request.method ?? '', `/${target.name}${target.path}`);
  response
    .writeHead(404, { 'content-type': 'application/json', [requestIdHeader]: requestId })
    .end(JSON.stringify(errors.body(error, requestId)));
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
