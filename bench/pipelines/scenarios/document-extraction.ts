/**
 * P1: letters, invoices and agreements with known answers. How right each tier is; then the same documents through a single
 * tier and through the whole ladder, under each fault by itself and under a mixture of all, by the same seed.
 */
import { parseDocument } from '../../../src/documents/extraction/parse-document';
import { readKnownDocuments } from '../../documents/known-documents';
import type { KnownDocument } from '../../documents/generate';
import type { SimulatorControl } from '../../../src/simulator';
import { measureArm } from '../document-extraction/measure-arm';
import type { Arm } from '../document-extraction/measure-arm';
import { addScores, noScore, scoreOf } from '../document-extraction/score';
import type { Score } from '../document-extraction/score';
import { faultNames, putFault } from '../faults';
import type { FaultName } from '../faults';
import type { Bench, PipelineScenario } from '../scenario';
import { reportOf } from '../tally';

const primary = ['openai-eastus', 'openai-westus'];
const prompt = { afterMs: 500, forgetsEvery: 0 };
const late = { afterMs: 6_000, forgetsEvery: 10 };
type Trouble = FaultName | 'mixture';

export const documentExtractionScenario: PipelineScenario = {
  name: 'documentExtraction',
  async run(bench) {
    const all = readKnownDocuments();
    const some = all.filter((_, index) => index % (bench.isQuick ? 16 : 3) === 0);
    // Of more than 200 the children would ask, not the run that is looked at.
    const accuracy = await measureTiers(bench, bench.isQuick ? some : all);
    const compared = new Map<Trouble, Pair>();
    for (const fault of faultNames) compared.set(fault, await compare(bench, fault, some));
    compared.set(
      'mixture',
      await compare(bench, 'mixture', bench.isQuick ? some : all.filter((_, index) => index % 4 > 0)),
    );
    const pairs = [...compared];
    const arms = [...accuracy.arms, ...pairs.flatMap(([, { single, ladder }]) => [single, ladder])];
    return reportOf(
      this.name,
      arms.map(({ tally }) => tally),
      {
        documents: arms.reduce((sum, arm) => sum + arm.documents, 0),
        accuracy: accuracy.rows,
        compared: Object.fromEntries(
          pairs.map(([trouble, { single, ladder }]) => [
            trouble,
            { single: figuresOf(single), ladder: figuresOf(ladder) },
          ]),
        ),
        failures: [
          ...arms.flatMap(({ failures }) => failures),
          ...pairs.flatMap(([trouble, pair]) => worse(trouble, pair)),
        ],
      },
    );
  },
};

interface Pair {
  readonly single: Arm;
  readonly ladder: Arm;
}

/** What a tier by itself makes of all documents, with nothing wrong and nobody asked. */
async function measureTiers(bench: Bench, documents: readonly KnownDocument[]) {
  const plan = { documents, reviewer: prompt, reviewBelow: 0, trouble: async () => undefined };
  const smart = await measureArm(bench, { ...plan, name: 'smart', ladder: 'documents.smart' });
  const mini = await measureArm(bench, { ...plan, name: 'mini', ladder: 'documents.mini' });
  const rows = [
    { tier: 'smart', ...rowOf(smart.completed, smart.score, smart.costUsd) },
    { tier: 'mini', ...rowOf(mini.completed, mini.score, mini.costUsd) },
    { tier: 'rules', ...rulesOf(documents) },
    { tier: 'rules, layouts not tuned for', ...rulesOf(documents.filter(({ isHeldOut }) => isHeldOut)) },
  ];
  for (const row of rows) bench.say(JSON.stringify(row));
  return { rows, arms: [smart, mini] };
}

function rulesOf(documents: readonly KnownDocument[]) {
  let [read, score] = [0, noScore];
  for (const { text, answer } of documents) {
    try {
      score = addScores(score, scoreOf(parseDocument(text), answer));
      read += 1;
    } catch {
      // Refused: it goes to a person.
    }
  }
  return { documents: documents.length, ...rowOf(read, score, 0) };
}

function rowOf(read: number, { fields, right, wrong, missing }: Score, costUsd: number) {
  const share = (count: number): number => Number((count / Math.max(1, fields)).toFixed(4));
  return {
    read,
    right: share(right),
    wrong: share(wrong),
    missing: share(missing),
    costUsd: Number(costUsd.toFixed(4)),
  };
}

/** Side by side, each with simulated providers of its own: the same seed, the same faults. */
async function compare(bench: Bench, trouble: Trouble, documents: readonly KnownDocument[]): Promise<Pair> {
  const reviewer = trouble === 'reviewerLate' || trouble === 'mixture' ? late : prompt;
  const plan = { documents, reviewer, trouble: (simulator: SimulatorControl) => begin(simulator, trouble) };
  const [single, ladder] = await Promise.all([
    measureArm(bench, { ...plan, name: `${trouble}-single`, ladder: 'documents.smart' }),
    measureArm(bench, { ...plan, name: `${trouble}-ladder`, ladder: 'documents.ladder' }),
  ]);
  bench.say(`${trouble}: single ${JSON.stringify(figuresOf(single))}`);
  bench.say(`${trouble}: ladder ${JSON.stringify(figuresOf(ladder))}`);
  return { single, ladder };
}

/** Of a bad week: every kind of trouble at once. */
async function begin(simulator: SimulatorControl, trouble: Trouble): Promise<void> {
  if (trouble !== 'mixture') return putFault(simulator, trouble, { primary });
  for (const endpoint of primary) {
    await simulator.addFault({ kind: 'promptBlocked', endpoint, probability: 0.02 });
    await simulator.addFault({ kind: 'invalidJson', endpoint, probability: 0.2 });
    await simulator.addFault({ kind: 'status', status: 503, endpoint, probability: 0.15 });
    await simulator.addFault({ kind: 'rateLimit', retryInMs: 2_000, endpoint, probability: 0.15 });
  }
  await simulator.addFault({ kind: 'invalidJson', endpoint: 'openai-mini', probability: 0.2 });
  await simulator.addFault({ kind: 'status', status: 503, endpoint: 'openai-mini', probability: 0.15 });
}

function figuresOf({ documents, completed, byHand, reviewed, score, costUsd, servedBy }: Arm) {
  const percent = (count: number, of: number): number => Number(((100 * count) / Math.max(1, of)).toFixed(1));
  return {
    documents,
    completedPercent: percent(completed, documents),
    byHandPercent: percent(byHand, documents),
    reviewedPercent: percent(reviewed, documents),
    rightPercent: percent(score.right, score.fields),
    costUsd: Number(costUsd.toFixed(4)),
    servedBy,
  };
}

/** What must hold whatever the draws: nothing is lost, and the ladder completes no less than its first tier alone. */
function worse(trouble: Trouble, { single, ladder }: Pair): string[] {
  const found: string[] = [];
  if (ladder.completed < single.completed) {
    found.push(`${trouble}: the ladder completed ${ladder.completed}, a single tier ${single.completed}`);
  }
  if (trouble !== 'mixture' && ladder.completed < ladder.documents) {
    found.push(`${trouble}: the ladder completed ${ladder.completed} of ${ladder.documents}`);
  }
  return found;
}
