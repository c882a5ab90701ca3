/**
 * A step whose every tier has failed and that is told to park: it waits, visible in the UI and the CLI, until an operator
 * says how it goes on. The `operate` update is refused without a trace when it names no parked step.
 */
import { condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { operateUpdateName } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import type { Operation } from '../../contracts/operation';
import type { StepPlan } from '../../contracts/step';
import { readOperation } from '../policy/read-operation';
import type { ParkedPlace } from '../policy/read-operation';
import { checkAnswer } from './call-rule';
import type { RunState } from './run-state';

interface Parked extends ParkedPlace {
  readonly plan: StepPlan;
  operation?: Operation;
}

const parkedByRun = new WeakMap<RunState, Set<Parked>>();

function parkedOf(run: RunState): Set<Parked> {
  const known = parkedByRun.get(run) ?? new Set();
  parkedByRun.set(run, known);
  return known;
}

/** Answers the step's name and occurrence. */
const operateUpdate = defineUpdate<string, [unknown]>(operateUpdateName);

export function handleOperations(run: RunState): void {
  setHandler(operateUpdate, (value) => operate(run, value), {
    description: 'How a parked step goes on: { step, occurrence?, kind: resume|skip|answer, by, value? }',
    validator: (value) => {
      const read = readOperation(value, undecidedOf(run));
      if (!read.ok) throw ApplicationFailure.nonRetryable(read.message, 'Operation.Refused');
    },
  });
}

async function operate(run: RunState, value: unknown): Promise<string> {
  const read = readOperation(value, undecidedOf(run));
  if (!read.ok) throw ApplicationFailure.nonRetryable(read.message, 'Operation.Refused');
  const { operation, place } = read;
  const parked = undecidedOf(run).find((found) => found === place);
  if (parked === undefined) throw ApplicationFailure.nonRetryable(`${place.step} goes on already`, 'Operation.Refused');
  if (operation.kind === 'answer') {
    await checkAnswer({ step: parked.step, turn: run.turn }, parked.plan, operation.value ?? null);
    // Another operator may have been faster while the answer was checked.
    if (parked.operation !== undefined)
      throw ApplicationFailure.nonRetryable(`${parked.step} goes on already`, 'Operation.Refused');
  }
  parked.operation = operation;
  return `${parked.step} #${parked.occurrence}`;
}

function undecidedOf(run: RunState): Parked[] {
  return [...parkedOf(run)].filter(({ operation }) => operation === undefined);
}

/** Waits for an operator, for as long as the run may. */
export async function waitForOperator(run: RunState, place: ParkedPlace, plan: StepPlan): Promise<Operation> {
  const parked: Parked = { ...place, plan };
  parkedOf(run).add(parked);
  try {
    await condition(() => parked.operation !== undefined);
  } finally {
    parkedOf(run).delete(parked);
  }
  const { operation } = parked;
  if (operation === undefined) throw new RangeError(summaryLine(`${place.step} was let go without an operation`));
  return operation;
}
