/** From runs to the result. */
import type { Source } from './case';
import type { AllPlayed } from './run-all';
import type { Played } from './play';
import type { TargetName } from './targets';

interface Count {
  readonly cases: number;
  readonly passed: number;
}

interface FailedRun {
  readonly id: string;
  readonly provider: TargetName;
  readonly source: Source;
  readonly verdict: 'failed' | 'void';
  readonly problems: readonly string[];
}

export interface ConformanceResult {
  /** Runs: each named case once per provider and source it is for. */
  readonly cases: number;
  readonly passed: number;
  readonly failed: readonly FailedRun[];
  readonly providers: Readonly<Record<string, Count>>;
  readonly sources: Readonly<Record<string, Count>>;
  /** Different ids. */
  readonly named: number;
  /** Errors nobody handled that belong to no run: any makes the whole result a failure. */
  readonly stray: readonly string[];
  readonly seed: number;
  readonly durationMs: number;
}

export function resultOf(
  { played, stray }: AllPlayed,
  { seed, durationMs }: { seed: number; durationMs: number },
): ConformanceResult {
  return {
    cases: played.length,
    passed: played.filter(({ verdict }) => verdict === 'passed').length,
    failed: played.flatMap(failedRun),
    providers: countBy(played, ({ run }) => run.target.name),
    sources: countBy(played, ({ run }) => run.source),
    named: new Set(played.map(({ run }) => run.case.id)).size,
    stray,
    seed,
    durationMs: Math.round(durationMs),
  };
}

/** Also false for a selection that is empty: nothing has been shown. */
export function isGreen({ cases, passed, stray }: ConformanceResult): boolean {
  return cases > 0 && passed === cases && stray.length === 0;
}

function failedRun({ run, verdict, problems }: Played): FailedRun[] {
  if (verdict === 'passed') return [];
  return [{ id: run.case.id, provider: run.target.name, source: run.source, verdict, problems }];
}

function countBy(played: readonly Played[], keyOf: (one: Played) => string): Record<string, Count> {
  const groups = Object.groupBy(played, keyOf);
  return Object.fromEntries(
    Object.entries(groups).map(([key, group = []]) => {
      return [key, { cases: group.length, passed: group.filter(({ verdict }) => verdict === 'passed').length }];
    }),
  );
}

/** For people: a row per provider, then what failed. */
export function linesOf(result: ConformanceResult): string[] {
  const rows = [
    ...Object.entries(result.providers),
    ...Object.entries(result.sources).map(([k, v]) => [`by ${k}`, v] as const),
  ];
  return [
    ...rows.map(([name, { cases, passed }]) => `${name.padEnd(20)} ${String(passed).padStart(5)} of ${cases}`),
    ...result.failed.flatMap(({ id, provider, source, problems }) => [
      `✗ ${id} · ${provider} · ${source}`,
      ...problems.map((problem) => `    ${problem}`),
    ]),
    ...result.stray.map((error) => `✗ ${error}`),
    `${result.passed} of ${result.cases} passed (${result.named} cases), seed ${result.seed}, ${(result.durationMs / 1_000).toFixed(1)} s`,
  ];
}
