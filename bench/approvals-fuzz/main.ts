/** `npm run approvals:fuzz`: whatever is sent, every question has one effect, and the trail tells all of it. See docs/approvals.md. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connect } from '../../src/client';
import type { HoldfastClient, RunHandle } from '../../src/client';
import { runKeyOf } from '../../src/contracts/ids';
import { HoldfastError } from '../../src/errors';
import { createApprovalTokens } from '../../src/security/approval-token';
import { parseKeyRing } from '../../src/security/key-ring';
import { createRandom } from '../../src/simulator/random';
import { createStack, onEndSignal } from '../../src/stack';
import type { EffectLine } from './activities';
import { parseOptions } from './options';
import type { FuzzOptions } from './options';
import { planSequence, questionOf } from './plan';
import type { Sequence } from './plan';
import { playSequence } from './play';
import type { Played } from './play';
import { Sender } from './send';
import { verifyAudit, verifyEffects } from './verify';
import { openWorld } from './world';
import type { World } from './world';

interface Connected {
  readonly world: World;
  readonly client: HoldfastClient;
  readonly temporal: Client;
}

interface PlayedRun {
  readonly run: RunHandle;
  readonly played: readonly Played[];
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const startedAt = performance.now();
  const stack = await createStack();
  const stopListening = onEndSignal(() => void stack.stop().finally(() => process.exit(130)));
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
  const world = await openWorld(stack, directory);
  const connection = await Connection.connect({ address: world.environment['TEMPORAL_ADDRESS'] ?? '' });
  const pipelines = [{ name: 'askMany', description: 'questions', parseInput: (input: unknown) => input }];
  const client = await connect({ environment: world.environment, pipelines });
  try {
    say(`seed ${options.seed}: ${options.sequences} sequences`);
    const connected = { world, client, temporal: new Client({ connection }) };
    const runs = await playAll(connected, options);
    const verdict = await verifyAll(connected, runs);
    const report = {
      seed: options.seed,
      runs: runs.length,
      kills: world.kills(),
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    };
    const result = { sequences: options.sequences, ...verdict, ...report };
    say(
      `${result.sequences} sequences over ${result.runs} runs, ${result.kills} workers killed: ${result.effectsWrong} effects wrong, ${result.auditMissing} audit entries missing`,
    );
    if (options.isJson) process.stdout.write(`${JSON.stringify(result)}\n`);
    if (result.effectsWrong + result.auditMissing > 0) process.exitCode = 1;
  } finally {
    stopListening();
    await client.close();
    await connection.close();
    world.close();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function playAll(connected: Connected, options: FuzzOptions): Promise<PlayedRun[]> {
  const { sequences, perRun, atOnce, kills, seed } = options;
  const plans = Array.from({ length: Math.ceil(sequences / perRun) }, (_, run) => {
    const random = createRandom(seed, 'run', run);
    const length = Math.min(perRun, sequences - run * perRun);
    return Array.from({ length }, () => planSequence(random, kills / sequences));
  });
  const runs: PlayedRun[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < plans.length; index = next++) {
      runs.push(await playRun(connected, index, plans[index] as Sequence[]));
      if (runs.length % 10 === 0) say(`${runs.length} of ${plans.length} runs`);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(atOnce, plans.length) }, lane));
  // Not before all have ended: a call under way on a closed connection throws out of nowhere.
  const failed = lanes.find((ended) => ended.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return runs;
}

async function playRun(
  { world, client, temporal }: Connected,
  index: number,
  plan: readonly Sequence[],
): Promise<PlayedRun> {
  const run = await client.start('askMany', { questions: plan.map(questionOf), next: 0 }, { id: `run-${index}` });
  const { workflowId } = run;
  const raw = temporal.workflow.getHandle(workflowId);
  const keys = world.environment['HOLDFAST_APPROVAL_KEYS'] ?? '';
  const { runId } = await run.describe();
  const tokens = createApprovalTokens(parseKeyRing(keys, 'HOLDFAST_APPROVAL_KEYS'));
  const sender = new Sender({ run, raw, runKey: runKeyOf(workflowId, runId), tokens });
  const played: Played[] = [];
  for (const [number, sequence] of plan.entries()) {
    let ids = 0;
    const id = (): string => `${number}-${ids++}`;
    played.push(await playSequence({ sender, number, sequence, id, restart: () => world.restartWorker() }));
  }
  await run.result();
  return { run, played };
}

async function verifyAll(
  { world, temporal }: Connected,
  runs: readonly PlayedRun[],
): Promise<{ effectsWrong: number; auditMissing: number }> {
  const text = readFileSync(world.logFile, 'utf8').trim();
  const lines = text.split('\n').map((line) => JSON.parse(line) as EffectLine);
  const effectsWrong: string[] = [];
  const auditMissing: string[] = [];
  for (const { run, played } of runs) {
    const own = lines.filter(({ workflowId }) => workflowId === run.workflowId);
    effectsWrong.push(...verifyEffects(run.workflowId, played, own));
    auditMissing.push(...(await verifyAudit(temporal, run.workflowId, await run.audit(), own)));
  }
  for (const wrong of [...effectsWrong, ...auditMissing].slice(0, 50)) say(`VIOLATION    ${wrong}`);
  return { effectsWrong: effectsWrong.length, auditMissing: auditMissing.length };
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
