/**
 * What a model asks for is done by activities of the tools' names, all calls of a round at once. A tool that fails, or
 * that does not exist, is told to the model as such: it may go on without, or say that it cannot.
 */
import { isCancellation, scheduleActivity } from '@temporalio/workflow';
import { summaryLine } from '../../contracts/summary-line';
import type { ToolCall } from '../../contracts/model';
import type { StepPlan, ToolContext, ToolResult } from '../../contracts/step';
import { failureOf } from '../policy/failure-of';
import { leastUsefulMs } from '../policy/remaining';
import { remainingOf } from './open-call';
import type { TierRun } from './open-call';

const longestToolMs = 60_000;
const toolAttempts = 3;
/** What a model can make use of; a tool that says more is cut, and the model told so. */
const longestResultCharacters = 100_000;

interface ToolCalls {
  readonly calls: readonly ToolCall[];
  /** Names the answer that asks, and so what its tools are to do: another answer's tools have other keys. */
  readonly answerKey: string;
}

export function callTools(run: TierRun, plan: StepPlan, { calls, answerKey }: ToolCalls): Promise<ToolResult[]> {
  return Promise.all(calls.map((call, index) => callTool(run, plan, { call, key: `${answerKey}/tool/${index}` })));
}

async function callTool(run: TierRun, plan: StepPlan, made: { call: ToolCall; key: string }): Promise<ToolResult> {
  const { name, arguments: args, problem } = made.call;
  const tools = plan.tools ?? [];
  if (!tools.includes(name)) {
    return { content: `There is no tool "${name}". The tools are: ${tools.join(', ')}.`, isError: true };
  }
  if (problem !== undefined)
    return { content: `The arguments do not match the tool's schema:\n${problem}`, isError: true };
  const context: ToolContext = { idempotencyKey: made.key, tenant: run.tenant };
  const remainingMs = Math.max(leastUsefulMs, remainingOf(run, plan));
  run.report({ state: 'calling', tier: run.tier, endpoint: `tool ${name}` });
  try {
    const result = await scheduleActivity<unknown>(name, [args, context], {
      summary: summaryLine(`${run.step}: tool ${name}`),
      scheduleToCloseTimeout: remainingMs,
      startToCloseTimeout: Math.min(longestToolMs, remainingMs),
      retry: { maximumAttempts: toolAttempts },
      // A tool that does not listen must not hold up a cancellation.
      cancellationType: 'TRY_CANCEL',
    });
    return { content: textOf(result) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { content: textOf(`The tool failed: ${failureOf(error).message}`), isError: true };
  }
}

function textOf(result: unknown): string {
  const text = typeof result === 'string' ? result : JSON.stringify(result ?? null);
  if (text.length <= longestResultCharacters) return text;
  return `${text.slice(0, longestResultCharacters)}\n(cut: the result had ${text.length} characters)`;
}
