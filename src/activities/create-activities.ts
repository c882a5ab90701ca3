/** Where dependencies meet activities: the object a worker registers. */
import type { DegradedMode, ReadDegradedInput } from '../contracts/degraded';
import type { Reservation, ReserveAnswer, Settlement } from '../contracts/capacity';
import type {
  CallModelInput,
  CallModelOutput,
  CheckAnswerInput,
  FailStreamInput,
  OpenStepInput,
  OpenStepOutput,
  ReleaseGrantInput,
} from '../contracts/step';
import { callModel } from './call-model';
import { checkAnswer } from './check-answer';
import { openStep } from './open-step';
import { readDegraded } from './read-degraded';
import type { ActivityDependencies } from './ports';
import { postingOverload } from './posting-overload';
import { releaseClaims } from './release-claims';
import { reserveCapacity } from './reserve-capacity';
import type { ReserveCapacityInput } from './reserve-capacity';
import { toApplicationFailure } from './to-application-failure';

export interface CoreActivities {
  openStep(input: OpenStepInput): Promise<OpenStepOutput>;
  callModel(input: CallModelInput): Promise<CallModelOutput>;
  /** Gives back what was claimed for a call that is not made. */
  releaseGrant(input: ReleaseGrantInput): Promise<void>;
  /** Tells whoever follows a step that it has failed. */
  failStream(input: FailStreamInput): Promise<void>;
  /** Whether an answer that no model gave is one of the step. */
  checkAnswer(input: CheckAnswerInput): Promise<void>;
  /** Whether a run is to leave out what is heavy. */
  readDegraded(input: ReadDegradedInput): Promise<DegradedMode>;
  /** For pipelines that call a provider themselves; visible in the Temporal UI. */
  reserveCapacity(input: ReserveCapacityInput): Promise<ReserveAnswer>;
  settleCapacity(settlement: Settlement): Promise<void>;
  releaseCapacity(reservation: Reservation): Promise<void>;
}

export function createActivities(deps: ActivityDependencies): CoreActivities {
  return {
    openStep: (input) => toApplicationFailure(async () => sayingSearchable(deps, await openStep(deps, input))),
    callModel: (input) => toApplicationFailure(() => postingOverload(deps, input.id, () => callModel(deps, input))),
    releaseGrant: (input) => toApplicationFailure(() => releaseClaims(deps, input)),
    failStream: ({ failure, ...id }) => deps.streams.fail(id, failure),
    readDegraded: (input) => toApplicationFailure(() => readDegraded(deps, input)),
    checkAnswer: (input) => toApplicationFailure(() => checkAnswer(deps, input)),
    reserveCapacity: (input) => toApplicationFailure(() => reserveCapacity(deps, input)),
    settleCapacity: (settlement) => toApplicationFailure(() => deps.store.settle(settlement)),
    releaseCapacity: (reservation) => toApplicationFailure(() => deps.store.release(reservation)),
  };
}

/** A run whose start carried no search attributes keeps them from its first step on. */
function sayingSearchable({ searchable }: ActivityDependencies, opened: OpenStepOutput): OpenStepOutput {
  return searchable === true && opened.plan !== undefined ? { ...opened, searchable } : opened;
}
