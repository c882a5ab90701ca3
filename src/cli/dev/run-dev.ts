/**
 * `npm start`: Temporal, Redis, the simulator and a worker as child processes, one run of `researchReport` shown live,
 * its approval asked for, and then everything stays up until Ctrl-C. Whatever happens, all children end with us.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../client';
import { openDevStack } from '../../stack';
import type { DevStack, RunningStack, StackProcess } from '../../stack';
import { Interrupted, UsageError } from '../failure';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { devDirectory } from '../paths';
import { untilOneEnds } from '../stack/broken-stack';
import { keepWorker } from '../stack/keep-worker';
import { startServices } from '../stack/start-services';
import type { Services } from '../stack/start-services';
import { startWorkerProcess } from '../stack/start-worker';
import { createLiveView } from '../view/live-view';
import { portMovedText, servicesText, stoppingText, withoutPassword, workerReplacedText } from './announce';
import { devPipeline } from './dev-run';
import { planDev } from './plan-dev';
import type { DevOptions, DevPlan } from './plan-dev';
import { showRun } from './show-run';

const preferredPorts = { temporal: 7233, ui: 8233, redis: 6390, simulator: 8480 } as const;
const logDirectory = join(devDirectory, 'logs');

export async function runDev(options: DevOptions, output: Output): Promise<void> {
  const startedMs = performance.now();
  const interruption = catchInterruption();
  const plan = await planDev(options, process.env);
  const opened = await interruption.race(openDevStack(devDirectory));
  if (opened.kind === 'running') throw alreadyRunning(opened.running);
  const { stack } = opened;
  const dataDirectory = plan.isFresh ? mkdtempSync(join(tmpdir(), 'holdfast-dev-')) : devDirectory;
  try {
    await interruption.race(serve({ stack, plan, output, dataDirectory, startedMs }));
  } catch (error) {
    if (error instanceof Interrupted) output.note(stoppingText(plan.once));
    throw error;
  } finally {
    await stack.stop();
    if (plan.isFresh) rmSync(dataDirectory, { recursive: true, force: true });
  }
}

function alreadyRunning({ pid, addresses }: RunningStack): UsageError {
  const ui = addresses?.['ui'];
  return new UsageError(
    `"npm start" is running in this clone already (process ${pid}${ui === undefined ? '' : `, Web UI ${ui}`}); ` +
      `use it: npx holdfast run ${devPipeline} --watch --input …, or end it with Ctrl-C`,
  );
}

interface Serving {
  readonly stack: DevStack;
  readonly plan: DevPlan;
  readonly output: Output;
  readonly dataDirectory: string;
  /** Of the command, on the monotonic clock. */
  readonly startedMs: number;
}

async function serve({ stack, plan, output, dataDirectory, startedMs }: Serving): Promise<void> {
  const { toolchain, choice, endpoints, once } = plan;
  output.text(`Starting Temporal, Redis${choice.kind === 'simulator' ? ', simulated providers' : ''} and a worker …`);
  const services = await startServices(stack, {
    toolchain,
    environment: process.env,
    choice,
    endpoints,
    ports: preferredPorts,
    dataDirectory,
    keepRuns: !once,
    logDirectory,
    onPortMoved: (move) => output.note(portMovedText(move)),
  });
  const workerOptions = { environment: services.environment, logDirectory };
  const worker = await startWorkerProcess(stack, workerOptions);
  stack.publish(addressesOf(services));
  const told = { services, choice, logDirectory, workerPid: worker.pid };
  for (const line of servicesText(told)) output.text(line);
  // Never closed, as the process ends with it: a call that is being retried would throw out of nowhere.
  const client = await connect({ environment: services.environment });
  const view = createLiveView({ stream: output.stream });
  const shown = showRun({ client, services, plan, output, view, startedMs });
  const onReplaced = (killed: StackProcess, next: StackProcess): void => view.say(workerReplacedText(killed, next));
  const kept = keepWorker(stack, worker, { ...workerOptions, onReplaced });
  await Promise.race([untilOneEnds(services.processes), kept, shown]);
}

/** For other commands of this clone. A Temporal that is not ours may want more than an address: TEMPORAL_* says it. */
function addressesOf({ temporalAddress, uiUrl, redisUrl, simulatorUrl }: Services): Record<string, string> {
  return {
    ...(process.env['TEMPORAL_ADDRESS'] ? {} : { temporal: temporalAddress }),
    ui: uiUrl,
    redis: withoutPassword(redisUrl),
    ...(simulatorUrl === undefined ? {} : { simulator: simulatorUrl }),
  };
}
