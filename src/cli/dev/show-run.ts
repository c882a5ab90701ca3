/** The run of `holdfast dev`, from its start to what is said about its end. */
import { join } from 'node:path';
import type { HoldfastClient } from '../../client';
import type { ResearchReport } from '../../contracts/pipelines/research-report';
import { controlSimulator } from '../../simulator/control-client';
import { exitCodes } from '../exit-codes';
import { followRun } from '../follow-run';
import type { Followed } from '../follow-run';
import type { Output } from '../output';
import { devDirectory } from '../paths';
import type { Services } from '../stack/start-services';
import { uiLink } from '../ui-link';
import { userName } from '../user-name';
import type { LiveView } from '../view/live-view';
import { resultText, stayingUpText } from './announce';
import { approveAll, askPerson } from './decide';
import { startOrContinue } from './dev-run';
import type { DevPlan } from './plan-dev';
import { summarizeRun } from './run-summary';

export interface Showing {
  readonly client: HoldfastClient;
  readonly services: Services;
  readonly plan: DevPlan;
  readonly output: Output;
  readonly view: LiveView;
  /** Of the command, on the monotonic clock. */
  readonly startedMs: number;
}

/** Returns after the result with `--once`, never otherwise. */
export async function showRun(showing: Showing): Promise<void> {
  const { client, services, plan, output, view } = showing;
  const { input, mayContinue, once } = plan;
  const { run, runId, isContinued } = await startOrContinue({
    client,
    input,
    mayContinue,
    ...(once ? {} : { memoryFile: join(devDirectory, 'last-run') }),
  });
  const { workflowId } = run;
  const link = uiLink({ ...services, workflowId, runId });
  const head = `${isContinued ? 'Going on with' : 'Started'} ${workflowId}`;
  for (const line of ['', head, `Web UI: ${link}`, '']) output.text(line);
  const followed = await followRun<ResearchReport>(run, {
    view,
    decide: once ? approveAll(run, output, 'holdfast dev --once') : askPerson(run, output, userName()),
  });
  await report(showing, followed, link);
  if (once) return;
  for (const line of ['', ...stayingUpText(workflowId, input)]) output.text(line);
  // Until Ctrl-C, or a child that ends.
  await new Promise<never>(() => undefined);
}

async function report(showing: Showing, { status, result }: Followed<ResearchReport>, uiUrl: string): Promise<void> {
  const { services, output, startedMs } = showing;
  const wallMs = performance.now() - startedMs;
  const ledger = await ledgerOf(services);
  for (const line of ['', ...resultText(result, uiUrl)]) output.text(line);
  output.json(summarizeRun({ status, result, uiUrl, wallMs, ...(ledger === undefined ? {} : { ledger }) }));
  if (result.status !== 'published') process.exitCode = exitCodes.failed;
}

async function ledgerOf({ simulatorUrl }: Services): Promise<{ billed: number; rateLimited: number } | undefined> {
  return simulatorUrl === undefined ? undefined : (await controlSimulator(simulatorUrl).summary()).total;
}
