/**
 * `npm start`: Temporal, Redis, the simulator and a worker as child processes, one run of `researchReport` shown live,
 * its approval asked for, and then everything stays up until Ctrl-C. Whatever happens, all children end with us.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../client';
import type { HoldfastClient } from '../../client';
import type { ResearchInput, ResearchReport } from '../../contracts/pipelines/research-report';
import { controlSimulator } from '../../simulator/control-client';
import { openDevStack, readToolchain } from '../../stack';
import type { DevStack, RunningStack } from '../../stack';
import { exitCodes } from '../exit-codes';
import { UsageError } from '../failure';
import { followRun } from '../follow-run';
import type { Followed } from '../follow-run';
import { catchInterruption } from '../interruption';
import type { Output } from '../output';
import { cloneDirectory, devDirectory } from '../paths';
import { chooseProvider, simulatorEnvironment, withoutOtherProviders } from '../stack/provider-choice';
import type { ProviderChoice } from '../stack/provider-choice';
import { readSimulatorEndpoints } from '../stack/simulator-endpoints';
import { startServices } from '../stack/start-services';
import type { Services } from '../stack/start-services';
import { startWorkerProcess } from '../stack/start-worker';
import { untilOneEnds } from '../stack/broken-stack';
import { uiLink } from '../ui-link';
import { userName } from '../user-name';
import { createLiveView } from '../view/live-view';
import { portMovedText, providerText, resultText, servicesText, stayingUpText, withoutPassword } from './announce';
import { checkConfig, placeholderUrl } from './check-config';
import { approveAll, askPerson } from './decide';
import { readDevInput } from './dev-input';
import type { DevInputOptions } from './dev-input';
import { devPipeline, startOrContinue } from './dev-run';
import { summarizeRun } from './run-summary';

export interface DevOptions extends DevInputOptions {
  /** Approve, print the result and end. */
  readonly once: boolean;
  /** The simulator even when a provider's key is set. */
  readonly simulate: boolean;
}

const preferredPorts = { temporal: 7233, ui: 8233, redis: 6390, simulator: 8480 } as const;

/** Everything that is known before anything is started. */
interface Plan {
  readonly input: ResearchInput;
  /** No option asked for another input, so a run that was interrupted may go on. */
  readonly mayContinue: boolean;
  readonly once: boolean;
  readonly choice: ProviderChoice;
  readonly endpoints: ReturnType<typeof readSimulatorEndpoints>;
  readonly startedMs: number;
}

export async function runDev(options: DevOptions, output: Output): Promise<void> {
  const startedMs = performance.now();
  const interruption = catchInterruption();
  const plan = await makePlan(options, startedMs);
  const opened = await interruption.race(openDevStack(devDirectory));
  if (opened.kind === 'running') throw alreadyRunning(opened.running);
  const { stack } = opened;
  // An unattended run starts from nothing and leaves nothing behind, unless real quotas must be remembered.
  const isFresh = plan.once && plan.choice.kind === 'simulator';
  const dataDirectory = isFresh ? mkdtempSync(join(tmpdir(), 'holdfast-dev-')) : devDirectory;
  try {
    await interruption.race(serve({ stack, plan, output, dataDirectory }));
  } finally {
    await stack.stop();
    if (isFresh) rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function makePlan(options: DevOptions, startedMs: number): Promise<Plan> {
  const input = await readDevInput(options);
  const choice: ProviderChoice = options.simulate ? { kind: 'simulator' } : chooseProvider(process.env);
  const endpoints = readSimulatorEndpoints();
  checkConfig({
    ...withoutOtherProviders(process.env, choice),
    ...(choice.kind === 'simulator' ? simulatorEnvironment(placeholderUrl, endpoints) : {}),
  });
  const isExample = options.topic === undefined && options.sections === undefined && options.input === undefined;
  return { input, mayContinue: isExample && !options.once, once: options.once, choice, endpoints, startedMs };
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
  readonly plan: Plan;
  readonly output: Output;
  readonly dataDirectory: string;
}

async function serve({ stack, plan, output, dataDirectory }: Serving): Promise<void> {
  const logDirectory = join(devDirectory, 'logs');
  if (plan.choice.kind === 'real') output.note(`Provider: ${providerText(plan.choice)}`);
  output.text('Starting Temporal, Redis, the provider and a worker …');
  const services = await startServices(stack, {
    toolchain: readToolchain(cloneDirectory),
    environment: process.env,
    choice: plan.choice,
    endpoints: plan.endpoints,
    ports: preferredPorts,
    dataDirectory,
    keepRuns: !plan.once,
    logDirectory,
    onPortMoved: (move) => output.note(portMovedText(move)),
  });
  const worker = await startWorkerProcess(stack, { environment: services.environment, logDirectory });
  stack.publish(addressesOf(services));
  for (const line of servicesText(services, plan.choice, logDirectory)) output.text(line);
  const client = await connect({ environment: services.environment });
  try {
    await Promise.race([untilOneEnds([...services.processes, worker]), showRun({ client, services, plan, output })]);
  } finally {
    await client.close();
  }
}

function addressesOf({ temporalAddress, uiUrl, redisUrl, simulatorUrl }: Services): Record<string, string> {
  return {
    temporal: temporalAddress,
    ui: uiUrl,
    // The file is for other commands of this clone, none of which needs the password.
    redis: withoutPassword(redisUrl),
    ...(simulatorUrl === undefined ? {} : { simulator: simulatorUrl }),
  };
}

interface Showing {
  readonly client: HoldfastClient;
  readonly services: Services;
  readonly plan: Plan;
  readonly output: Output;
}

async function showRun({ client, services, plan, output }: Showing): Promise<void> {
  const { input, mayContinue, once } = plan;
  const memoryFile = join(devDirectory, 'last-run');
  const { run, runId, isContinued } = await startOrContinue({ client, input, ...(mayContinue ? { memoryFile } : {}) });
  const { workflowId } = run;
  const link = uiLink({ ...services, workflowId, runId });
  output.text('');
  output.text(`${isContinued ? 'Going on with' : 'Started'} ${workflowId}`);
  output.text(`Web UI: ${link}`);
  output.text('');
  const followed = await followRun<ResearchReport>(run, {
    view: createLiveView({ stream: output.stream }),
    decide: once ? approveAll(run, output, 'holdfast dev --once') : askPerson(run, output, userName()),
  });
  await report({ followed, services, plan, output, link });
  if (once) return;
  for (const line of ['', ...stayingUpText(workflowId, input)]) output.text(line);
  // Until Ctrl-C, or a child that ends.
  await new Promise<never>(() => undefined);
}

interface Reporting {
  readonly followed: Followed<ResearchReport>;
  readonly services: Services;
  readonly plan: Plan;
  readonly output: Output;
  readonly link: string;
}

async function report({ followed, services, plan, output, link }: Reporting): Promise<void> {
  const { status, result } = followed;
  const wallMs = performance.now() - plan.startedMs;
  const ledger =
    services.simulatorUrl === undefined ? undefined : (await controlSimulator(services.simulatorUrl).summary()).total;
  for (const line of ['', ...resultText(result, link)]) output.text(line);
  output.json(summarizeRun({ status, result, uiUrl: link, wallMs, ...(ledger === undefined ? {} : { ledger }) }));
  if (result.status !== 'published') process.exitCode = exitCodes.failed;
}
