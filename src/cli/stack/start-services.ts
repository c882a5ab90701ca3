/** Temporal, Redis and the simulator of a development stack or a demo, each only where nobody else provides it. */
import { join } from 'node:path';
import { loopback, startOnPorts, startRedis, startTemporal, temporalDbFile } from '../../stack';
import type { PortMove, Stack, StackProcess, Toolchain } from '../../stack';
import { HoldfastError } from '../../errors';
import { payloadsIn, simulatorConfigFile, simulatorProgram } from '../paths';
import { simulatorEnvironment, withoutOtherProviders } from './provider-choice';
import type { ProviderChoice } from './provider-choice';
import type { SimulatorEndpoints } from './simulator-endpoints';
import { temporalEnvironment } from './temporal-environment';

/** Tried first; 0 = any free one. */
export interface PreferredPorts {
  readonly temporal: number;
  readonly ui: number;
  readonly redis: number;
  readonly simulator: number;
}

export interface ServicesOptions {
  readonly toolchain: Toolchain;
  readonly environment: NodeJS.ProcessEnv;
  readonly choice: ProviderChoice;
  /** Endpoints of the simulator. */
  readonly endpoints: SimulatorEndpoints;
  readonly ports: PreferredPorts;
  /** Where Redis keeps the journal, and Temporal its runs when `keepRuns` is set. */
  readonly dataDirectory: string;
  readonly keepRuns: boolean;
  readonly logDirectory: string;
  readonly onPortMoved: (move: PortMove) => void;
  /** Divides the simulator's latencies. Default 1. */
  readonly simulatorSpeed?: number;
  /** Where the simulator reads its endpoints. Default: the shipped file. */
  readonly simulatorConfig?: string;
}

export interface Services {
  readonly temporalAddress: string;
  /** Base of the Web UI, without a slash at the end. */
  readonly uiUrl: string;
  readonly namespace: string;
  /** As given in REDIS_URL or started here. */
  readonly redisUrl: string;
  readonly simulatorUrl?: string;
  /** For workers and clients of this stack. */
  readonly environment: NodeJS.ProcessEnv;
  /** Ours; when one of them ends, the stack is broken. */
  readonly processes: readonly StackProcess[];
}

interface Part<T> {
  readonly value: T;
  readonly process?: StackProcess;
}

/** Starts what is missing, all at once. Throws `Service.Unreachable`; stopping the stack cleans up. */
export async function startServices(stack: Stack, options: ServicesOptions): Promise<Services> {
  const parts = await Promise.all([temporalOf(stack, options), redisOf(stack, options), simulatorOf(stack, options)]);
  const [{ value: temporal }, { value: redisUrl }, { value: simulatorUrl }] = parts;
  const { choice, endpoints, dataDirectory } = options;
  const base = withoutOtherProviders(options.environment, choice);
  return {
    temporalAddress: temporal.address,
    uiUrl: temporal.uiUrl,
    namespace: temporal.namespace,
    redisUrl,
    ...(simulatorUrl === undefined ? {} : { simulatorUrl }),
    environment: {
      ...(temporal.isOurs ? temporalEnvironment(base, temporal) : base),
      ...(simulatorUrl === undefined ? {} : simulatorEnvironment(simulatorUrl, endpoints)),
      REDIS_URL: redisUrl,
      // It shows a shipped pipeline; an app has a worker of its own.
      HOLDFAST_APP: '',
      // One machine: workers and clients find the same directory.
      HOLDFAST_PAYLOADS: base['HOLDFAST_PAYLOADS'] ?? payloadsIn(dataDirectory),
    },
    processes: parts.flatMap(({ process }) => (process === undefined ? [] : [process])),
  };
}

interface Temporal {
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
  readonly isOurs: boolean;
}

async function temporalOf(stack: Stack, options: ServicesOptions): Promise<Part<Temporal>> {
  const { environment, toolchain, ports, dataDirectory, keepRuns, logDirectory, onPortMoved } = options;
  const address = environment['TEMPORAL_ADDRESS'];
  if (address) {
    const namespace = environment['TEMPORAL_NAMESPACE'] || 'default';
    // The dev server's own port: the best guess about a server that does not tell.
    const uiUrl = environment['TEMPORAL_UI_URL'] || `http://${address.split(':')[0] ?? ''}:8233`;
    return { value: { address, uiUrl: uiUrl.replace(/\/+$/, ''), namespace, isOurs: false } };
  }
  const { process, ...started } = await startTemporal(stack, {
    binary: toolchain.temporal,
    port: ports.temporal,
    uiPort: ports.ui,
    logFile: join(logDirectory, 'temporal.log'),
    onPortMoved,
    ...(keepRuns ? { dbFile: temporalDbFile(dataDirectory, toolchain.temporalServerVersion) } : {}),
  });
  return { value: { ...started, isOurs: true }, process };
}

async function redisOf(stack: Stack, options: ServicesOptions): Promise<Part<string>> {
  const { toolchain, ports, dataDirectory, logDirectory, onPortMoved } = options;
  if (toolchain.redisUrl !== undefined) return { value: toolchain.redisUrl };
  if (toolchain.redisServer === undefined) {
    throw new HoldfastError(
      'Config.Invalid',
      'there is no redis-server; run `node scripts/bootstrap.mjs` or set REDIS_URL',
    );
  }
  const { url, process } = await startRedis(stack, {
    binary: toolchain.redisServer,
    port: ports.redis,
    dir: join(dataDirectory, 'redis'),
    logFile: join(logDirectory, 'redis.log'),
    onPortMoved,
  });
  return { value: url, process };
}

async function simulatorOf(stack: Stack, options: ServicesOptions): Promise<Part<string | undefined>> {
  const { choice, ports, logDirectory, onPortMoved, simulatorSpeed = 1 } = options;
  const { simulatorConfig = simulatorConfigFile } = options;
  if (choice.kind === 'real') return { value: undefined };
  const start = ([port = 0]: readonly number[]): Promise<StackProcess> =>
    stack.start({
      name: 'simulator',
      command: process.execPath,
      args: [
        simulatorProgram,
        ...['--host', loopback, '--port', String(port), '--speed', String(simulatorSpeed)],
        ...['--config', simulatorConfig],
      ],
      logFile: join(logDirectory, 'simulator.log'),
      readyLine: /"listening":"([^"]+)"/,
    });
  const started = await startOnPorts([{ name: 'simulator', preferred: ports.simulator }], start, onPortMoved);
  return { value: started.ready?.[1], process: started };
}
