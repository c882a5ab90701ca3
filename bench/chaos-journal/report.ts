/** From outcomes to the one object that is printed, and whether it is a good one. */
import { callsOf, extraCallsAllowed, nameOf } from './cases';
import type { RandomOutcome } from './random-kills';
import type { CaseOutcome } from './run-case';

export interface Report {
  /** Named points that were killed at. */
  readonly points: number;
  readonly runs: number;
  /** Runs without their one answer. */
  readonly lost: number;
  /** Calls with two results, effects that happened twice. */
  readonly doubled: number;
  /** Calls the provider charges for beyond those of the steps, over all cases. */
  readonly paidExtra: number;
  /** The same by point; what theory allows is in docs/chaos.md. */
  readonly paidExtraAt: Readonly<Record<string, number>>;
  /** Cases in which the worker did not die: they show nothing. */
  readonly void: number;
  readonly random: {
    readonly kills: number;
    readonly runs: number;
    readonly lost: number;
    readonly doubled: number;
    readonly paidExtra: number;
  };
  readonly seed: number;
  readonly violations: readonly string[];
}

export function reportOf(cases: readonly CaseOutcome[], random: RandomOutcome, seed: number): Report {
  return {
    points: new Set(cases.map(({ crash }) => crash.point)).size,
    runs: cases.length,
    lost: cases.filter(({ lost }) => lost !== undefined).length,
    doubled: cases.filter(({ doubled }) => doubled !== undefined).length,
    paidExtra: sumOf(cases),
    paidExtraAt: extraByPoint(cases),
    void: cases.filter(({ isVoid }) => isVoid).length,
    random: {
      kills: random.kills,
      runs: random.runs,
      lost: random.outcomes.filter(({ lost }) => lost !== undefined).length,
      doubled: random.outcomes.filter(({ doubled }) => doubled !== undefined).length,
      paidExtra: sumOf(random.outcomes),
    },
    seed,
    violations: [...cases.flatMap(violationsOf), ...randomViolations(random)],
  };
}

function sumOf(outcomes: readonly { readonly paidExtra: number }[]): number {
  return outcomes.reduce((sum, { paidExtra }) => sum + paidExtra, 0);
}

function extraByPoint(cases: readonly CaseOutcome[]): Record<string, number> {
  const extra: Record<string, number> = {};
  for (const { crash, paidExtra } of cases) extra[crash.point] = (extra[crash.point] ?? 0) + paidExtra;
  return extra;
}

function violationsOf({ crash, lost, doubled, paidExtra, isVoid }: CaseOutcome): string[] {
  const name = nameOf(crash);
  const allowed = extraCallsAllowed(crash);
  return [
    ...(isVoid ? [`${name}: the worker was not killed`] : []),
    ...(lost === undefined ? [] : [`${name}: ${lost}`]),
    ...(doubled === undefined ? [] : [`${name}: ${doubled}`]),
    ...(paidExtra > allowed ? [`${name}: ${paidExtra} calls paid in vain, ${allowed} allowed`] : []),
    ...(paidExtra < 0 ? [`${name}: ${-paidExtra} calls of ${callsOf[crash.kind]} were never made`] : []),
  ];
}

/** How many calls were in flight when a worker died is nobody's to know; each kill may cost those it held. */
function randomViolations({ outcomes }: RandomOutcome): string[] {
  return outcomes.flatMap(({ lost, doubled }, index) => [
    ...(lost === undefined ? [] : [`random run ${index}: ${lost}`]),
    ...(doubled === undefined ? [] : [`random run ${index}: ${doubled}`]),
  ]);
}
