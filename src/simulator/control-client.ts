/** The control API as functions, for tests and demos. */
import type { FaultInput } from './faults/fault';
import type { ListedFault } from './faults/fault-board';
import type { LedgerEntry } from './ledger';
import type { KnownAnswersInput } from './writing/known-answers';
import type { EndpointInput, EndpointSettings } from './settings';
import type { Summary } from './summary';

export interface SimulatorHealth {
  readonly status: 'ok';
  readonly seed: number;
  readonly speed: number;
  /** Number of endpoints. */
  readonly endpoints: number;
}

/** Every function rejects with an `Error` that carries the simulator's own message. */
export interface SimulatorControl {
  health(): Promise<SimulatorHealth>;
  endpoints(): Promise<readonly EndpointSettings[]>;
  /** Adds or replaces an endpoint; what an old one has charged still counts, as long as it counts the minute in the same way. */
  putEndpoint(name: string, endpoint: EndpointInput): Promise<EndpointSettings>;
  addFault(fault: FaultInput): Promise<ListedFault>;
  removeFault(id: string): Promise<void>;
  clearFaults(): Promise<void>;
  faults(): Promise<readonly ListedFault[]>;
  /** What models answer to certain prompts, and how well each of them does; in place of what was told before. */
  putAnswers(known: KnownAnswersInput): Promise<void>;
  /** Requests in order of arrival, those still running too. `since` = after this `seq`. */
  ledger(filter?: { since?: number; endpoint?: string }): Promise<readonly LedgerEntry[]>;
  clearLedger(): Promise<void>;
  summary(): Promise<Summary>;
}

/** `url` is the simulator's, e.g. `http://127.0.0.1:4010`. */
export function controlSimulator(url: string): SimulatorControl {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer as T;
    const { error } = answer as { error?: { message?: string } };
    throw new Error(`simulator: ${method} /control/${path}: ${error?.message ?? `status ${response.status}`}`);
  };
  const discard = async (path: string): Promise<void> => {
    await call('DELETE', path);
  };
  return {
    health: () => call('GET', 'health'),
    endpoints: () => call('GET', 'endpoints'),
    putEndpoint: (name, endpoint) => call('PUT', `endpoints/${encodeURIComponent(name)}`, endpoint),
    addFault: (fault) => call('POST', 'faults', fault),
    removeFault: (id) => discard(`faults/${encodeURIComponent(id)}`),
    clearFaults: () => discard('faults'),
    faults: () => call('GET', 'faults'),
    putAnswers: async (known) => {
      await call('PUT', 'answers', known);
    },
    ledger: ({ since, endpoint } = {}) => {
      const query = new URLSearchParams();
      if (since !== undefined) query.set('since', String(since));
      if (endpoint !== undefined) query.set('endpoint', endpoint);
      return call('GET', `ledger?${query.toString()}`);
    },
    clearLedger: () => discard('ledger'),
    summary: () => call('GET', 'summary'),
  };
}
