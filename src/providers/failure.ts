/** What a provider's failure is in our own words, and the one-line error it becomes. */
import type { EndpointSettings } from '../contracts/settings';
import type { Usage } from '../contracts/usage';
import { HoldfastError } from '../errors/holdfast-error';
import type { FailureDetails } from '../errors/holdfast-error';
import type { FailureType } from '../errors/failure-types';
import type { TimerName } from './timers';

/** The verdict of a classifier. Nothing in it repeats the provider's prose, which may quote the prompt. */
export interface FailureFacts {
  readonly type: FailureType;
  /** What happened, after the endpoint's name, e.g. `answered 503 server_is_overloaded`. */
  readonly what: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  /** The parameter the provider complained about. */
  readonly param?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly timer?: TimerName | undefined;
  /** Only for `Llm.Internal`: the defect itself. */
  readonly cause?: unknown;
}

/** What is known of the call itself, whatever went wrong with it. */
interface CallFacts {
  readonly requestId?: string | undefined;
  /** What the call has cost so far; absent when the provider cannot have begun to answer. */
  readonly usage?: Usage | undefined;
}

export function failureOf(endpoint: EndpointSettings, call: CallFacts, facts: FailureFacts): HoldfastError {
  const { type, what, cause, ...known } = facts;
  const { provider, name, model } = endpoint;
  const requestId = facts.requestId ?? call.requestId;
  const details: FailureDetails = { provider, endpoint: name, model, ...present({ ...known, ...call, requestId }) };
  const message = `${name} ${what}${adviceOn(endpoint, facts)}`;
  return new HoldfastError(type, message, details, cause === undefined ? {} : { cause });
}

function present(facts: Readonly<Record<string, unknown>>): FailureDetails {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

type Advice = (endpoint: EndpointSettings, facts: FailureFacts) => string;

const adviceOnType: Readonly<Partial<Record<FailureType, Advice>>> = {
  'Llm.Authentication': ({ apiKeyEnv }) => `; check the key in ${apiKeyEnv} and what it may do`,
  'Llm.ModelNotFound': ({ model, deployment }) =>
    `; check ${deployment === undefined ? `model ${model}` : `deployment ${deployment}`} and the base URL of the endpoint`,
  'Llm.QuotaExhausted': () => '; top up or raise the quota',
  'Llm.BadRequest': (_endpoint, { param }) => (param === undefined ? '' : `; check parameter ${param}`),
};

function adviceOn(endpoint: EndpointSettings, facts: FailureFacts): string {
  if (facts.retryAfterMs !== undefined) return `; retry after ${formatDuration(facts.retryAfterMs)}`;
  return adviceOnType[facts.type]?.(endpoint, facts) ?? '';
}

export function formatDuration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** An identifier a provider sent, or undefined when it is not one: prose and secrets never pass. */
export function identifierOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:[\]-]{1,80}$/.test(value) ? value : undefined;
}
