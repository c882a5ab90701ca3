import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { searchAttributeKinds } from '../contracts/search-attributes';
import { bareEnvironment } from './environment';
import { loopback } from './ports';
import type { StackProcess } from './process';
import type { Stack } from './stack';
import { startOnPorts } from './start-on-port';
import type { PortMove } from './start-on-port';
import { hasNamespace } from './temporal-health';

export const defaultTemporalPort = 7233;
export const defaultTemporalUiPort = 8233;
const namespace = 'default';

/** JSON values by key of Temporal's dynamic configuration. */
export type DynamicConfig = Readonly<Record<string, string | number | boolean>>;

/**
 * The dev server reads each task queue of its one shard at most 20 times a second unless told otherwise; after a short
 * burst every dispatch would wait for a 50 ms tick (a bare activity: 50 ms with the defaults, 10 ms with these).
 */
const withoutPollTicks: DynamicConfig = {
  'history.transferProcessorMaxPollRPS': 100_000,
  'history.timerProcessorMaxPollRPS': 100_000,
  'history.visibilityProcessorMaxPollRPS': 100_000,
};

export interface TemporalOptions {
  /** The Temporal CLI. */
  readonly binary: string;
  /** gRPC. Tried first, then the ones that follow; 0 = any free one. Default 7233. */
  readonly port?: number;
  /** Web UI, likewise. Default 8233. */
  readonly uiPort?: number;
  /**
   * SQLite file that keeps runs across restarts. Default: in memory. One file belongs to one server version and one
   * server: name it with `temporalDbFile`.
   */
  readonly dbFile?: string;
  readonly logFile: string;
  /** Added to the settings that every stack gets. */
  readonly dynamicConfig?: DynamicConfig;
  readonly onPortMoved?: (move: PortMove) => void;
  /** Default 60,000. */
  readonly readyTimeoutMs?: number;
}

export interface RunningTemporal {
  /** host:port for gRPC. */
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
  readonly process: StackProcess;
}

/**
 * Starts a Temporal dev server with its Web UI on the loopback interface, Holdfast's search attributes known. Resolves when the namespace `default` can be
 * used and the Web UI answers.
 * @throws Service.Unreachable
 */
export async function startTemporal(stack: Stack, options: TemporalOptions): Promise<RunningTemporal> {
  const { port = defaultTemporalPort, uiPort = defaultTemporalUiPort, readyTimeoutMs } = options;
  if (options.dbFile !== undefined) mkdirSync(dirname(options.dbFile), { recursive: true });
  const wished = [
    { name: 'Temporal', preferred: port },
    { name: 'Temporal UI', preferred: uiPort },
  ];
  const start = async ([grpc = 0, ui = 0]: readonly number[]): Promise<RunningTemporal> => {
    const address = `${loopback}:${grpc}`;
    const uiUrl = `http://${loopback}:${ui}`;
    const process = await stack.start({
      name: 'Temporal',
      command: options.binary,
      args: temporalArguments(grpc, ui, options),
      env: bareEnvironment(),
      logFile: options.logFile,
      // Printed by our own child only once it serves: proof that no stranger answers on these ports.
      readyLine: /^Temporal Server: |^Server: /m,
      isReady: async () => (await hasNamespace(address, namespace)) && (await fetch(uiUrl)).ok,
      ...(readyTimeoutMs !== undefined && { readyTimeoutMs }),
    });
    return { address, uiUrl, namespace, process };
  };
  return startOnPorts(wished, start, options.onPortMoved);
}

function temporalArguments(port: number, uiPort: number, options: TemporalOptions): string[] {
  const pairs = (flag: string, values: Readonly<Record<string, unknown>>): string[] =>
    Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${String(value)}`]);
  const dynamicConfig = Object.fromEntries(
    Object.entries({ ...withoutPollTicks, ...options.dynamicConfig }).map(([key, value]) => [
      key,
      JSON.stringify(value),
    ]),
  );
  return [
    ...['server', 'start-dev', '--ip', loopback, '--log-level', 'warn'],
    ...['--port', String(port), '--ui-port', String(uiPort), '--namespace', namespace],
    ...(options.dbFile === undefined ? [] : ['--db-filename', options.dbFile]),
    ...pairs('--dynamic-config-value', dynamicConfig),
    ...pairs('--search-attribute', searchAttributeKinds),
  ];
}

/** Where a stack in `dir` keeps its runs. The schema differs between server versions, hence one file for each. */
export function temporalDbFile(dir: string, serverVersion: string): string {
  return `${dir}/temporal-${serverVersion}.db`;
}
