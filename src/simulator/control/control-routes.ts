/** The control API under `/control`: endpoints, faults, known answers, ledger, summary. JSON in, JSON out. */
import type { IncomingMessage } from 'node:http';
import { readFault } from '../faults/fault';
import { InputError, readNumber } from '../read-input';
import type { HttpPair } from '../serve/exchange';
import { readBody } from '../serve/read-body';
import { readEndpoint, readEndpointName } from '../settings';
import type { Simulation } from '../simulation';

interface ControlRequest {
  readonly simulation: Simulation;
  /** What follows the route's own path, decoded. */
  readonly name: string | undefined;
  readonly query: URLSearchParams;
  readonly body: () => Promise<unknown>;
}

class NotFound extends Error {}

type Route = (request: ControlRequest) => unknown;

const maxBodyBytes = 1024 * 1024;

const routes: Readonly<Record<string, Route>> = {
  'GET health': ({ simulation }) => ({
    status: 'ok',
    seed: simulation.seed,
    speed: simulation.speed,
    endpoints: simulation.endpoints.size,
  }),
  'GET endpoints': ({ simulation }) => [...simulation.endpoints.values()].map(({ settings }) => settings),
  'PUT endpoints/:name': async ({ simulation, name, body }) => {
    return simulation.putEndpoint(readEndpoint(readEndpointName(name, 'name'), await body())).settings;
  },
  'GET faults': ({ simulation }) => simulation.faults.list(),
  'POST faults': async ({ simulation, body }) => {
    const fault = readFault(await body());
    if (fault.endpoint !== '*') requireEndpoint(simulation, fault.endpoint);
    return simulation.faults.add(fault);
  },
  'DELETE faults': ({ simulation }) => ({ removed: simulation.faults.clear() }),
  'DELETE faults/:name': ({ simulation, name }) => {
    if (!simulation.faults.remove(name ?? '')) throw new NotFound(`there is no fault ${name}; GET /control/faults`);
    return { removed: 1 };
  },
  'PUT answers': async ({ simulation, body }) => ({ known: simulation.knownAnswers.replace(await body()) }),
  'GET ledger': ({ simulation, query }) => {
    const since = query.get('since');
    const endpoint = query.get('endpoint');
    if (endpoint !== null) requireEndpoint(simulation, endpoint);
    return simulation.ledger.entries({
      ...(since === null ? {} : { since: readNumber(Number(since), 'since', { min: 0, isInteger: true }) }),
      ...(endpoint === null ? {} : { endpoint }),
    });
  },
  'DELETE ledger': ({ simulation }) => ({ removed: simulation.clearLedger() }),
  'GET summary': ({ simulation }) => simulation.summarize(),
};

/** `path` is what follows `/control`. Never throws. */
export async function serveControl(
  simulation: Simulation,
  target: { path: string; query: string },
  { request, response }: HttpPair,
): Promise<void> {
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const fail = (status: number, message: string, field?: string): void => {
    send(status, { error: { message, ...(field === undefined ? {} : { field }) } });
  };
  try {
    const [collection = '', name, ...rest] = target.path.split('/').slice(1).map(decodeURIComponent);
    const key = `${request.method} ${collection}${name === undefined ? '' : '/:name'}`;
    const route = rest.length === 0 ? routes[key] : undefined;
    if (route === undefined) {
      fail(404, `no ${request.method} /control${target.path} here; there are: ${Object.keys(routes).join(', ')}`);
      return;
    }
    const query = new URLSearchParams(target.query);
    send(200, await route({ simulation, name, query, body: () => readJson(request) }));
  } catch (error) {
    if (error instanceof InputError) fail(400, error.message, error.field);
    else if (error instanceof NotFound) fail(404, error.message);
    else if (error instanceof URIError) fail(400, 'the path is not properly percent-encoded');
    else fail(500, `defect of the simulator: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request, maxBodyBytes);
  if (text === undefined) throw new InputError('', `the body is longer than ${maxBodyBytes} bytes`);
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError('', 'the body is not valid JSON');
  }
}

function requireEndpoint(simulation: Simulation, name: string): void {
  if (simulation.endpoints.has(name)) return;
  const known = [...simulation.endpoints.keys()].join(', ');
  throw new InputError('endpoint', `there is no endpoint ${name}; known are ${known || 'none yet'}`);
}
