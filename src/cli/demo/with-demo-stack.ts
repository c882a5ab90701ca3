/** A stack of its own for one demo: free ports, a folder in the system's temporary one, gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../client';
import type { HoldfastClient, RunHandle } from '../../client';
import { researchReportContract } from '../../contracts/pipelines/catalogue';
import type { PipelineContract } from '../../contracts/pipelines/contract';
import type { ResearchReport } from '../../contracts/pipelines/research-report';
import { controlSimulator } from '../../simulator/control-client';
import type { SimulatorControl } from '../../simulator/control-client';
import { createStack, readToolchain } from '../../stack';
import type { Stack, StackProcess } from '../../stack';
import { followRun } from '../follow-run';
import type { Followed } from '../follow-run';
import { freshId } from '../fresh-id';
import { catchInterruption } from '../interruption';
import { cloneDirectory, simulatorConfigFile } from '../paths';
import { untilOneEnds } from '../stack/broken-stack';
import { readSimulatorEndpoints } from '../stack/simulator-endpoints';
import { startServices } from '../stack/start-services';
import type { Services } from '../stack/start-services';
import { startWorkerProcess } from '../stack/start-worker';
import { createLiveView } from '../view/live-view';
import type { LiveView } from '../view/live-view';

export interface Demo {
  readonly client: HoldfastClient;
  readonly simulator: SimulatorControl;
  /** Where the demo's Temporal and Redis are, as its workers are told. */
  readonly environment: NodeJS.ProcessEnv;
  /** Progress, on standard error. */
  say(line: string): void;
  /** @param environment added to what every worker of the demo gets */
  startWorker(environment?: NodeJS.ProcessEnv): Promise<StackProcess>;
  /** A small report on the shipped book. */
  startRun(): Promise<RunHandle>;
  /** Shows the run on standard error, approves what it asks, and waits for its end. */
  follow(run: RunHandle): Promise<Followed<ResearchReport>>;
}

/** Small, so that a demo takes well under a minute. */
const sections = 3;
/** Providers answer this much faster than real ones. */
const usualSpeed = 4;
const anyPort = { temporal: 0, ui: 0, redis: 0, simulator: 0 } as const;
/** Settings of the shell that would lead a demo to servers and files which are not its own. */
const foreignSettings = /^(TEMPORAL_ADDRESS|REDIS_URL|JOURNAL_REDIS_URL|HOLDFAST_(?!DEBUG))/;

export interface DemoOptions {
  /** Endpoints of the simulator. Default: the shipped file. */
  readonly simulatorConfig?: string;
  /** Divides the provider's latencies. Default 4. */
  readonly simulatorSpeed?: number;
  /** Pipelines the demo starts besides the shipped ones. */
  readonly pipelines?: readonly PipelineContract[];
}

/** Throws what `work` throws, `Service.Unreachable` when a server of the stack ends, `Interrupted` at Ctrl-C. */
export async function withDemoStack(work: (demo: Demo) => Promise<void>, options: DemoOptions = {}): Promise<void> {
  const { simulatorConfig = simulatorConfigFile, pipelines = [] } = options;
  const interruption = catchInterruption();
  const toolchain = readToolchain(cloneDirectory, {});
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
  const stack = await createStack();
  try {
    const view = createLiveView({ stream: process.stderr });
    view.say('starting Temporal, Redis and the simulator');
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreignSettings.test(name)));
    const services = await interruption.race(
      startServices(stack, {
        toolchain,
        environment: { ...environment, HOLDFAST_OUTPUT: directory },
        choice: { kind: 'simulator' },
        endpoints: readSimulatorEndpoints(simulatorConfig),
        ports: anyPort,
        dataDirectory: directory,
        keepRuns: false,
        logDirectory: directory,
        onPortMoved: () => undefined,
        simulatorSpeed: options.simulatorSpeed ?? usualSpeed,
        simulatorConfig,
      }),
    );
    const client = await interruption.race(connect({ environment: services.environment, pipelines }));
    const demo = createDemo({ stack, services, client, view, directory });
    await interruption.race(Promise.race([untilOneEnds(services.processes), work(demo)]));
  } finally {
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Parts {
  readonly stack: Stack;
  readonly services: Services;
  readonly client: HoldfastClient;
  readonly view: LiveView;
  readonly directory: string;
}

function createDemo({ stack, services, client, view, directory }: Parts): Demo {
  const { say } = view;
  return {
    client,
    simulator: controlSimulator(services.simulatorUrl ?? ''),
    environment: services.environment,
    say,
    startWorker: (environment = {}) =>
      startWorkerProcess(stack, { environment: { ...services.environment, ...environment }, logDirectory: directory }),
    startRun: () =>
      client.start(
        researchReportContract.name,
        { ...researchReportContract.exampleInput, sections },
        { id: freshId('demo') },
      ),
    follow: (run) =>
      followRun<ResearchReport>(run, {
        view,
        decide: async ({ name }) => {
          await run.decide(name, { outcome: 'approved', by: 'holdfast demo' });
          say(`approved "${name}"`);
        },
      }),
  };
}
