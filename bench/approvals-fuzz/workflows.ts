/** Asks one question after the other, and lets every end of one have an effect. */
import {
  CancellationScope,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import { approval } from '../../src/workflows/public';
import type { Decision } from '../../src/workflows/public';
import type { EffectActivities } from './activities';
import { contentOf, nameOf, title } from './plan';
import type { AskedQuestion } from './plan';

export { holdfastTier } from '../../src/workflows/public';

const { recordEffect } = proxyActivities<EffectActivities>({ startToCloseTimeout: '10s' });
const withdraw = defineSignal<[number]>('withdraw');

const questionsPerRun = 15;

export interface AskManyInput {
  readonly questions: readonly AskedQuestion[];
  /** The first one that was not asked yet. */
  readonly next: number;
}

export async function askMany({ questions, next }: AskManyInput): Promise<number> {
  for (const [index, question] of questions.slice(next, next + questionsPerRun).entries()) {
    const number = next + index;
    const { outcome, content, answer } = await ask(number, question);
    await recordEffect({ number, outcome, text: answer ?? content.text });
  }
  const done = next + questionsPerRun;
  if (done < questions.length) await continueAsNew<typeof askMany>({ questions, next: done });
  return questions.length;
}

interface Ended {
  readonly outcome: string;
  readonly content: { readonly text: string };
  readonly answer?: string;
}

async function ask(number: number, { required, deadlineMs }: AskedQuestion): Promise<Ended> {
  const scope = new CancellationScope();
  setHandler(withdraw, (unwanted) => {
    if (unwanted === number) scope.cancel();
  });
  const show = contentOf(number);
  const allow =
    required > 1 ? (['approve', 'reject', 'edit'] as const) : (['approve', 'reject', 'edit', 'answer'] as const);
  const options = { title, show, allow, required, ...(deadlineMs !== undefined && { deadline: deadlineMs }) };
  try {
    return await scope.run<Decision<typeof show, string>>(() => approval(nameOf(number), options));
  } catch (error) {
    if (!isCancellation(error) || !scope.consideredCancelled) throw error;
    return { outcome: 'cancelled', content: show };
  }
}
