/** One list of documents through one ladder, under one kind of trouble. */
import { defaultReviewBelow } from '../../../src/contracts/pipelines/document-extraction';
import type { ExtractionReport } from '../../../src/contracts/pipelines/document-extraction';
import type { AnswerQuality } from '../../../src/simulator/writing/spoil-answer';
import type { KnownDocument } from '../../documents/generate';
import type { SimulatorControl } from '../../../src/simulator';
import type { Bench } from '../scenario';
import { play, tallyOf } from '../tally';
import type { Tally } from '../tally';
import { addLadders } from './arms';
import type { Ladder } from './arms';
import { reviewAll } from './reviewer';
import type { ReviewerHabits } from './reviewer';
import { addScores, noScore, scoreOf } from './score';
import type { Score } from './score';

/** How well the simulated models read; assumed, see docs/document-extraction.md. */
const quality: Readonly<Record<string, AnswerQuality>> = {
  'gpt-5': { wrong: 0.005, missing: 0.01, noticed: 0.6, doubted: 0.02 },
  'gpt-5-mini': { wrong: 0.02, missing: 0.03, noticed: 0.5, doubted: 0.04 },
};

export interface ArmPlan {
  readonly name: string;
  readonly ladder: Ladder;
  readonly documents: readonly KnownDocument[];
  readonly reviewer: ReviewerHabits;
  /** Default: as shipped. */
  readonly reviewBelow?: number;
  readonly trouble: (simulator: SimulatorControl) => Promise<void>;
}

export interface Arm {
  readonly documents: number;
  /** Fields that somebody or something stands for. */
  readonly completed: number;
  /** Typed in by a person: read by one, or left to one because nothing and nobody has. */
  readonly byHand: number;
  /** Shown to a person who approved or edited what was there. */
  readonly reviewed: number;
  /** Of the completed ones. */
  readonly score: Score;
  readonly costUsd: number;
  readonly servedBy: Readonly<Record<string, number>>;
  readonly tally: Tally;
  readonly failures: readonly string[];
}

export async function measureArm(bench: Bench, plan: ArmPlan): Promise<Arm> {
  const { name, ladder, documents, reviewer, reviewBelow = defaultReviewBelow } = plan;
  const world = addLadders(await bench.openWorld({ name: `documents-${name}` }));
  await world.startWorker();
  await world.simulator.putAnswers({ answers: documents.map(({ text, answer }) => ({ text, answer })), quality });
  await plan.trouble(world.simulator);
  const input = { documents: documents.map(({ id, text }) => ({ id, text })), step: ladder, reviewBelow };
  const played = await play(async () => {
    const run = await world.client.start('documentExtraction', input, { id: name });
    await reviewAll(run, documents, reviewer);
    return run;
  });
  const tally = await tallyOf(world, [played]);
  await world.close();
  if (played.result === undefined)
    return { ...nothing, tally, failures: [`${name}: the run ended with ${played.failure}`] };
  return { ...armOf(played.result as ExtractionReport, documents), tally };
}

const nothing = { documents: 0, completed: 0, byHand: 0, reviewed: 0, score: noScore, costUsd: 0, servedBy: {} };

function armOf(report: ExtractionReport, documents: readonly KnownDocument[]): Omit<Arm, 'tally'> {
  const servedBy: Record<string, number> = {};
  let [score, byHand, reviewed] = [noScore, 0, 0];
  const failures: string[] = [];
  report.documents.forEach((result, index) => {
    const known = documents[index];
    if (known === undefined || result.id !== known.id) failures.push(`document ${index} is not ${known?.id}`);
    if (result.status === 'failed' || result.readByPerson === true) byHand += 1;
    else if (result.review !== undefined) reviewed += 1;
    const name = result.status === 'failed' ? result.failure.type : result.readByPerson ? 'person' : result.servedBy;
    servedBy[name] = (servedBy[name] ?? 0) + 1;
    if (result.status === 'extracted' && known !== undefined)
      score = addScores(score, scoreOf(result.fields, known.answer));
  });
  const counts = { documents: documents.length, completed: report.extracted, byHand, reviewed };
  return { ...counts, score, costUsd: report.costUsd, servedBy, failures };
}
