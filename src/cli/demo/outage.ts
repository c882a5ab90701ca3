/** Takes both endpoints of the primary model away and counts what came of it. */
import type { ResearchReport } from '../../contracts/pipelines/research-report';
import type { RunStatus } from '../../contracts/status';
import { exitCodes } from '../exit-codes';
import type { Output } from '../output';
import { withDemoStack } from './with-demo-stack';

/** The pool of every step's first tier in config/holdfast.yaml. */
const primaryEndpoints = ['openai-eastus', 'openai-westus'];

export interface OutageAnswer {
  readonly status: ResearchReport['status'];
  /** At least one step was answered by a fallback tier. */
  readonly degraded: boolean;
  /** Endpoints that answered. */
  readonly servedBy: readonly string[];
  /** Child workflows started, by Temporal's history: one per fallback tier tried. */
  readonly childWorkflows: number;
  /** Steps that failed. */
  readonly failed: number;
}

export function isSurvived({ status, degraded, servedBy, childWorkflows, failed }: OutageAnswer): boolean {
  const isPrimaryOut = !servedBy.some((endpoint) => primaryEndpoints.includes(endpoint));
  return status === 'published' && degraded && isPrimaryOut && childWorkflows >= 1 && failed === 0;
}

export function answerOf(status: RunStatus, result: ResearchReport, children: readonly string[]): OutageAnswer {
  const completed = status.steps.filter((step) => step.state === 'completed');
  return {
    status: result.status,
    degraded: completed.some((step) => step.degraded === true),
    servedBy: [...new Set(completed.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [endpoint])))].sort(),
    childWorkflows: children.length,
    failed: status.steps.filter((step) => step.state === 'failed').length,
  };
}

export function runOutageDemo(output: Output): Promise<void> {
  return withDemoStack(async (demo) => {
    for (const endpoint of primaryEndpoints) await demo.simulator.addFault({ kind: 'status', status: 503, endpoint });
    demo.say(`${primaryEndpoints.join(' and ')} answer 503 from now on`);
    await demo.startWorker();
    const run = await demo.startRun();
    demo.say(`started ${run.workflowId}`);
    const { result, status } = await demo.follow(run);
    const answer = answerOf(status, result, await run.children());
    output.text(
      `${answer.status}, served by ${answer.servedBy.join(', ')} in ${answer.childWorkflows} child workflows; ` +
        `${answer.failed} steps failed`,
    );
    output.json(answer);
    if (!isSurvived(answer)) process.exitCode = exitCodes.failed;
  });
}
