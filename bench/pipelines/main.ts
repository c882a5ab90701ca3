/** `npm run pipelines`: every reference pipeline, under the faults that every pipeline meets. See docs/pipelines.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../src/errors';
import { createStack, onEndSignal } from '../../src/stack';
import { parseOptions } from './options';
import type { PipelinesOptions } from './options';
import type { Bench, PipelineReport, PipelineScenario } from './scenario';
import { scenarios } from './scenarios';
import { startServers } from './servers';
import type { Servers } from './servers';
import { openWorld } from './world';
import type { World } from './world';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(
    process.argv.slice(2),
    scenarios.map(({ name }) => name),
  );
  const chosen = scenarios.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const stack = await createStack();
  const stopListening = onEndSignal(() => void stack.stop().finally(() => process.exit(130)));
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-pipelines-'));
  try {
    say(`seed ${options.seed}: ${chosen.map(({ name }) => name).join(', ')}`);
    const servers = await startServers(stack, directory);
    const pipelines: PipelineReport[] = [];
    for (const scenario of chosen) pipelines.push(await runScenario(servers, scenario, options));
    const failed = pipelines.filter(({ status }) => status === 'failed').length;
    if (options.isJson) process.stdout.write(`${JSON.stringify({ pipelines, failed })}\n`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    stopListening();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function runScenario(
  servers: Servers,
  scenario: PipelineScenario,
  { isQuick, seed }: PipelinesOptions,
): Promise<PipelineReport> {
  const worlds: World[] = [];
  const bench: Bench = {
    isQuick,
    seed,
    openWorld: async (settings) => {
      const world = await openWorld(servers, { seed, ...settings });
      worlds.push(world);
      return world;
    },
    say: (line) => say(`  ${line}`),
  };
  say('');
  say(scenario.name);
  const startedAt = performance.now();
  try {
    const report = await scenario.run(bench);
    tell(report, performance.now() - startedAt);
    return report;
  } catch (error) {
    const report = brokenReport(scenario.name, error);
    tell(report, performance.now() - startedAt);
    return report;
  } finally {
    for (const world of worlds) await world.close();
  }
}

/** A scenario that could not be played to its end has shown nothing, but the others still do. */
function brokenReport(name: string, error: unknown): PipelineReport {
  const told = error instanceof HoldfastError ? `${error.type}: ${error.message}` : String((error as Error).stack);
  const nothing = { runs: 0, degraded: 0, servedByTier: {}, paidCalls: 0, ledgerCalls: 0, costUsd: 0, p95Ms: 0 };
  return { name, status: 'failed', ...nothing, failures: [`it could not be played: ${told}`] };
}

function tell(report: PipelineReport, tookMs: number): void {
  const { name, status, runs, degraded, servedByTier, paidCalls, ledgerCalls, costUsd, p95Ms, failures } = report;
  const tiers = Object.entries(servedByTier).map(([tier, count]) => `${tier} ${count}`);
  say(`${name} ${status} after ${Math.round(tookMs / 1_000)} s: ${runs} runs, ${degraded} degraded, p95 ${p95Ms} ms`);
  say(`  served by ${tiers.join(', ') || 'nobody'}; paid ${paidCalls}, billed ${ledgerCalls}, $${costUsd}`);
  for (const failure of failures) say(`  FAILED ${failure}`);
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
