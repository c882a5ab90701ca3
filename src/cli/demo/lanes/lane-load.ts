/** Who wants what of the shared pool: batch tenants that never run dry, people with a question now and then, and a crowd. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answerAllContract } from '../../../contracts/pipelines/answer-all';
import type { AnswerAllInput } from '../../../contracts/pipelines/answer-all';
import type { HoldfastClient, RunHandle } from '../../../client';
import { freshId } from '../../fresh-id';
import type { Question } from './measure-lanes';

export interface Crowd {
  /** Begins the business id of every run, which tells in the ledger whose call it was. */
  readonly name: string;
  readonly tenant: string;
  readonly step: string;
  /** Runs open at a time, each with so many steps in progress. */
  readonly runs: number;
  readonly concurrency: number;
}

/** Steps of one run: its history stays far below what Temporal takes. */
const topicsPerRun = 120;
const queriesAtOnce = 4;

export class LaneLoad {
  #isOver = false;
  readonly #working: Promise<unknown>[] = [];

  constructor(private readonly client: HoldfastClient) {}

  /** Keeps so many runs open until the load ends. What it throws, `untilBroken` throws. */
  send(crowd: Crowd): void {
    for (let run = 0; run < crowd.runs; run += 1) this.#working.push(this.#keepRunning(crowd));
  }

  /** Asks a question every so often, on average, for so long. Answers when all of them were opened. */
  async ask({ step, everyMs, forMs, random }: Asking): Promise<readonly Question[]> {
    const started: Promise<Asked>[] = [];
    const endsAt = performance.now() + forMs;
    for (;;) {
      // Evenly drawn between half and one and a half of it: people do not come by the clock.
      await sleep(everyMs * (0.5 + random()));
      if (performance.now() >= endsAt) break;
      const askedAtMs = performance.timeOrigin + performance.now();
      const asked = this.#start({ name: 'question', tenant: 'people' }, { step, topics: ['waiting'], concurrency: 1 });
      started.push(asked.then((run) => ({ run, askedAtMs })));
    }
    return openingsOf(await Promise.all(started));
  }

  /** Rejects when a run fails; never resolves before the load ends. */
  async untilBroken(): Promise<void> {
    await Promise.all(this.#working);
  }

  end(): void {
    this.#isOver = true;
  }

  async #keepRunning({ name, tenant, step, concurrency }: Crowd): Promise<void> {
    const topics = Array.from({ length: topicsPerRun }, (_, index) => `record ${index + 1}`);
    while (!this.#isOver) {
      const run = await this.#start({ name, tenant }, { step, topics, concurrency });
      await run.result();
    }
  }

  #start({ name, tenant }: Pick<Crowd, 'name' | 'tenant'>, input: AnswerAllInput): Promise<RunHandle> {
    return this.client.start(answerAllContract.name, input, { id: freshId(name), tenant });
  }
}

interface Asked {
  readonly run: RunHandle;
  readonly askedAtMs: number;
}

/** Asks the runs themselves, a few at a time: what they tell is the server's time at which the step was opened. */
async function openingsOf(asked: readonly Asked[]): Promise<readonly Question[]> {
  const questions: Question[] = [];
  const left = asked.values();
  const loop = async (): Promise<void> => {
    for (const { run, askedAtMs } of left) {
      const [step] = (await run.status()).steps;
      const openedAtMs = step === undefined ? askedAtMs : Date.parse(step.startedAt);
      questions.push({ workflowId: run.workflowId, askedAtMs, openedAtMs });
    }
  };
  await Promise.all(Array.from({ length: queriesAtOnce }, loop));
  return questions;
}

interface Asking {
  readonly step: string;
  readonly everyMs: number;
  readonly forMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
