/** What a conformance case is. Cases are tables in `cases/`; nothing in them runs by itself. */
import type { JsonValue } from '../../src/contracts/json';
import type { FinishReason, ModelRequest, ToolCall } from '../../src/contracts/model';
import type { CallTimeouts, EndpointSettings } from '../../src/contracts/settings';
import type { Usage } from '../../src/contracts/usage';
import type { FailureType } from '../../src/errors';
import type { EndpointInput, FaultInput } from '../../src/simulator';
import type { Act } from './acts';
import type { Dialect } from './dialects/dialect';
import type { AimockReply } from './sources/aimock';
import type { WireHandler } from './sources/wire';
import type { Target, TargetName } from './targets';

export const sources = ['simulator', 'aimock', 'wire'] as const;
/** Who plays the provider: our simulator, somebody else's, or bytes written by hand. */
export type Source = (typeof sources)[number];

export interface SimulatorScene {
  /** Every one of them must strike, or the run is void. */
  readonly faults?: readonly FaultInput[];
  readonly endpoint?: Partial<EndpointInput>;
  /** The provider's own limit headers, without which a wait can only come from what the case itself sends. Default false. */
  readonly hasLimitHeaders?: boolean;
}

/** `closed`: nobody listens. `mute`: TCP stands, TLS never does. */
export type WireScene = WireHandler | 'closed' | 'mute';

export interface ExpectedAnswer {
  readonly text?: string | RegExp;
  /** The text is JSON with these keys. */
  readonly jsonKeys?: readonly string[];
  readonly finishReason?: FinishReason;
  /** Ids are compared where the provider gives them; Gemini's are made up. */
  readonly toolCalls?: readonly Pick<ToolCall, 'name' | 'arguments'>[];
  /** Where the arguments are the simulator's own. */
  readonly toolNames?: readonly string[];
  readonly model?: string;
  /** The headers said something about limits. */
  readonly hasLimits?: boolean;
}

/** In `sent`: the field must not be there. */
export const absent = Symbol('absent');

/** Exactly one of `failure`, `answer` and `isAborted`. */
export interface Expectation {
  readonly failure?: FailureType;
  readonly answer?: ExpectedAnswer;
  /** Throws what the caller aborted with. */
  readonly isAborted?: boolean;
  /** Facts in the failure's details; `undefined` = must not be there. */
  readonly details?: Readonly<Record<string, string | number | undefined>>;
  /** Of the failure: least and most, or none at all. */
  readonly retryAfterMs?: readonly [number, number] | 'none';
  /** `ledger`: what the simulator has billed. */
  readonly usage?: Usage | 'estimated' | 'ledger' | 'none';
  /** Fields of the last request's body, by path, e.g. `messages.0.role`. */
  readonly sent?: Readonly<Record<string, JsonValue | typeof absent>>;
  /** Path and query of the last request. */
  readonly sentTo?: string;
  readonly sentHeaders?: Readonly<Record<string, string>>;
  /** Stand somewhere in that body, or, with `!` before them, nowhere. */
  readonly sentTexts?: readonly string[];
  /** The provider has said, once, under which id the call goes on without us. */
  readonly isResumable?: boolean;
  /** Default 1. */
  readonly requests?: number;
  /** Most bytes of the body that are taken off the server. */
  readonly mostBytes?: number;
  readonly withinMs?: number;
}

/** What a case may look at to say what it wants. */
export interface Playing {
  readonly target: Target;
  readonly source: Source;
}

export interface ConformanceCase {
  /** `family/name`. Stands in documents and reports: never changed, only superseded. */
  readonly id: string;
  /** One sentence a user understands. */
  readonly title: string;
  readonly targets: readonly TargetName[];
  readonly request?: Partial<ModelRequest> | ((target: Target) => Partial<ModelRequest>);
  readonly endpoint?: Partial<EndpointSettings> | ((target: Target) => Partial<EndpointSettings>);
  readonly timeouts?: Partial<CallTimeouts>;
  /** Default `call`. */
  readonly act?: Act;
  /** Played by itself, after the others. */
  readonly isHeavy?: boolean;
  /** Undefined for a target that this source cannot play the case for. */
  readonly simulator?: SimulatorScene | ((target: Target) => SimulatorScene | undefined);
  readonly aimock?: AimockReply | ((target: Target) => AimockReply | undefined);
  readonly wire?: (dialect: Dialect, target: Target) => WireScene;
  readonly expect: Expectation | ((playing: Playing) => Expectation);
}

/** One case at one provider, played by one source. */
export interface Run {
  readonly case: ConformanceCase;
  readonly target: Target;
  readonly source: Source;
}

export function runsOf(cases: readonly ConformanceCase[], targets: Readonly<Record<TargetName, Target>>): Run[] {
  return cases.flatMap((one) =>
    one.targets.flatMap((name) =>
      sourcesOf(one, targets[name]).map((source) => ({ case: one, target: targets[name], source })),
    ),
  );
}

export function sourcesOf(one: ConformanceCase, target: Target): Source[] {
  const scenes = {
    simulator: given(one.simulator, target),
    aimock: given(one.aimock, target),
    wire: one.wire,
  };
  return sources.filter((source) => scenes[source] !== undefined);
}

export function given<T, A>(value: T | ((from: A) => T | undefined) | undefined, from: A): T | undefined {
  return typeof value === 'function' ? (value as (from: A) => T | undefined)(from) : value;
}
