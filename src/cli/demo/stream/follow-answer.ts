/** One question, and its answer as its caller sees it come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HoldfastClient, RunHandle, StreamChunk } from '../../../client';
import { answerAllContract } from '../../../contracts/pipelines/answer-all';
import { freshId } from '../../fresh-id';

export const followedStep = 'chat.answer';

export interface SeenAnswer {
  readonly workflowId: string;
  /** What the caller shows: the text since the last reset. */
  readonly shown: string;
  /** When the first text came, Unix ms. */
  readonly firstTextAtMs: number;
  /** Resets after the first text: what was shown had to be forgotten. */
  readonly resets: number;
  readonly hasEnded: boolean;
}

export function askQuestion(client: HoldfastClient, topic: string): Promise<RunHandle> {
  const input = { step: followedStep, topics: [topic], concurrency: 1 };
  return client.start(answerAllContract.name, input, { id: freshId('stream') });
}

/** @param onText called with each text, and how many there have been */
export async function followAnswer(run: RunHandle, onText?: (count: number) => void): Promise<SeenAnswer> {
  let shown = '';
  let firstTextAtMs = Number.NaN;
  let texts = 0;
  let resets = 0;
  let last: StreamChunk['kind'] | undefined;
  for await (const chunk of run.stream(followedStep)) {
    last = chunk.kind;
    if (chunk.kind === 'reset') {
      if (texts > 0) resets += 1;
      shown = '';
    } else if (chunk.kind === 'text') {
      if (texts === 0) firstTextAtMs = performance.timeOrigin + performance.now();
      shown += chunk.text;
      texts += 1;
      onText?.(texts);
    }
  }
  return { workflowId: run.workflowId, shown, firstTextAtMs, resets, hasEnded: last === 'end' };
}

/** Several questions, one after the other but not waiting for each other's answers. */
export async function followMany(client: HoldfastClient, count: number, everyMs: number): Promise<SeenAnswer[]> {
  const answers: Promise<SeenAnswer>[] = [];
  for (let question = 0; question < count; question++) {
    answers.push(followAnswer(await askQuestion(client, `listening, question ${question + 1}`)));
    await sleep(everyMs);
  }
  return Promise.all(answers);
}
