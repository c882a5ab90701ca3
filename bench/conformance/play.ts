/** Plays one run: opens its stage, makes the call, and says what is wrong with what came of it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ModelAnswer, ModelRequest, ResumableCall } from '../../src/contracts/model';
import { createProvider } from '../../src/providers/create-provider';
import { acts } from './acts';
import { apiKey, promptCanary } from './canaries';
import { given } from './case';
import type { Run } from './case';
import { checkObservation } from './check';
import type { Observation } from './observation';
import { isSettledWithin } from './sources/stage';
import type { Stage } from './sources/stage';
import { endpointOf } from './targets';

export type Verdict = 'passed' | 'failed' | 'void';

export interface Played {
  readonly run: Run;
  /** `void`: what the case arranges never struck. It proves nothing, and counts as failed. */
  readonly verdict: Verdict;
  readonly problems: readonly string[];
  readonly elapsedMs: number;
}

/** Generous: a case that is about one of them shortens that one. */
const timeouts = { connectMs: 20_000, firstTokenMs: 20_000, idleMs: 20_000, callMs: 30_000 };

/** Later than any timer of a call: what has not ended then never will. */
const longestCallMs = 45_000;

export type OpenStage = (run: Run) => Promise<Stage>;

/** Whose code is running: what nobody catches is told to the run that it belongs to. */
const current = new AsyncLocalStorage<string[]>();

/** Collects rejections that nobody handles, by run; what belongs to none goes into the list that is returned. */
export function watchUnhandled(): { readonly stray: readonly string[]; stop(): void } {
  const stray: string[] = [];
  const note = (error: unknown): void => {
    const told = `a rejection or error that nobody handled: ${String(error).slice(0, 200)}`;
    (current.getStore() ?? stray).push(told);
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  return {
    stray,
    stop: () => {
      process.off('unhandledRejection', note);
      process.off('uncaughtException', note);
    },
  };
}

export async function play(run: Run, openStage: OpenStage): Promise<Played> {
  const startedAt = performance.now();
  const unhandled: string[] = [];
  const problems: string[] = [];
  let isVoid = false;
  try {
    const observation = await current.run(unhandled, () => observe(run, openStage));
    isVoid = observation.evidence.struck === 0 && observation.evidence.requests > 0;
    problems.push(...checkObservation(run, observation));
  } catch (error) {
    problems.push(`the run itself broke: ${error instanceof Error ? error.message : String(error)}`);
  }
  problems.push(...unhandled);
  if (isVoid) problems.unshift('void: what the case arranges never struck');
  const verdict = isVoid ? 'void' : problems.length === 0 ? 'passed' : 'failed';
  return { run, verdict, problems, elapsedMs: performance.now() - startedAt };
}

async function observe(run: Run, openStage: OpenStage): Promise<Observation> {
  const stage = await openStage(run);
  try {
    const { case: one, target } = run;
    const endpoint = endpointOf(target, stage.root, given(one.endpoint, target));
    const pieces: string[] = [];
    const resumables: ResumableCall[] = [];
    const performed = {
      provider: createProvider({ endpoint, apiKey }),
      stage,
      endpoint: endpoint.name,
      request: requestOf(run, endpoint.model),
      timeouts: { ...timeouts, ...one.timeouts },
      pieces,
      resumables,
    };
    const startedAt = performance.now();
    const result = await settle(acts[one.act ?? 'call'](performed));
    const elapsedMs = performance.now() - startedAt;
    return { ...result, pieces, resumables, elapsedMs, evidence: await stage.inspect() };
  } finally {
    await stage.close();
  }
}

function requestOf({ case: one, target }: Run, model: string): ModelRequest {
  return {
    model,
    system: 'You answer briefly.',
    messages: [{ role: 'user', content: `What does ${promptCanary} mean in one short sentence?` }],
    parameters: { maxOutputTokens: 500 },
    ...given(one.request, target),
  };
}

async function settle(call: Promise<ModelAnswer>): Promise<{ answer: ModelAnswer } | { error: unknown }> {
  const ended = call.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  const isEnded = await isSettledWithin(ended, longestCallMs);
  return isEnded ? ended : { error: new Error(`the call did not end within ${longestCallMs / 1_000} s`) };
}
