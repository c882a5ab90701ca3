/** Compares what came of a run with what was expected, and with what must hold in every run. */
import { isDeepStrictEqual } from 'node:util';
import type { ModelAnswer } from '../../src/contracts/model';
import type { Usage } from '../../src/contracts/usage';
import { HoldfastError } from '../../src/errors';
import { abortReason } from './acts';
import { absent, given } from './case';
import type { ExpectedAnswer, Expectation, Run } from './case';
import { checkAlways, unless } from './check-always';
import type { Observation } from './observation';

/** One sentence for each thing that is wrong; none when the run has passed. */
export function checkObservation(run: Run, seen: Observation): string[] {
  const expected = given(run.case.expect, { target: run.target, source: run.source }) ?? {};
  return [
    ...checkEnd(expected, seen),
    ...checkRequests(run, expected, seen),
    ...checkSent(expected, seen),
    ...checkResumable(expected, seen),
    ...checkAlways(seen),
  ];
}

function checkEnd(expected: Expectation, seen: Observation): string[] {
  const late = expected.withinMs !== undefined && seen.elapsedMs > expected.withinMs;
  const problems = late ? [`took ${Math.round(seen.elapsedMs)} ms, at most ${expected.withinMs} expected`] : [];
  if (expected.isAborted === true) {
    return seen.error === abortReason ? problems : [...problems, `threw ${shown(seen)} instead of the abort's reason`];
  }
  if (expected.failure !== undefined) return [...problems, ...checkFailure(expected, seen)];
  if (seen.answer === undefined) return [...problems, `expected an answer, got ${shown(seen)}`];
  return [
    ...problems,
    ...checkAnswer(expected.answer ?? {}, seen.answer),
    ...checkUsage(expected, seen.answer.usage, seen),
  ];
}

function checkFailure(expected: Expectation, seen: Observation): string[] {
  const { error } = seen;
  if (!(error instanceof HoldfastError)) return [`expected ${expected.failure}, got ${shown(seen)}`];
  const wrongType = error.type === expected.failure ? [] : [`expected ${expected.failure}, got ${shown(seen)}`];
  const wrongFacts = Object.entries(expected.details ?? {})
    .filter(([fact, value]) => error.details[fact] !== value)
    .map(([fact, value]) => `details.${fact} is ${json(error.details[fact])}, ${json(value)} expected`);
  return [
    ...wrongType,
    ...wrongFacts,
    ...checkRetryAfter(expected.retryAfterMs, error.details.retryAfterMs),
    ...checkUsage(expected, error.details.usage, seen),
  ];
}

function checkRetryAfter(expected: Expectation['retryAfterMs'], received: number | undefined): string[] {
  if (expected === undefined) return [];
  const isRight =
    expected === 'none'
      ? received === undefined
      : received !== undefined && received >= expected[0] && received <= expected[1];
  return isRight ? [] : [`retryAfterMs is ${json(received)}, ${json(expected)} expected`];
}

function checkUsage(expected: Expectation, usage: Usage | undefined, { evidence }: Observation): string[] {
  switch (expected.usage) {
    case undefined:
      return [];
    case 'none':
      return usage === undefined ? [] : [`usage is ${json(usage)}, none expected`];
    case 'estimated':
      return usage?.estimated === true ? [] : [`usage is ${json(usage)}, an estimate expected`];
    case 'ledger': {
      const { inputTokens, outputTokens } = usage ?? {};
      const isSame = isDeepStrictEqual({ inputTokens, outputTokens }, evidence.billed) && usage?.estimated !== true;
      return isSame ? [] : [`usage is ${json(usage)}, but ${json(evidence.billed)} was billed`];
    }
    default:
      return isDeepStrictEqual(usage, expected.usage)
        ? []
        : [`usage is ${json(usage)}, ${json(expected.usage)} expected`];
  }
}

function checkAnswer(expected: ExpectedAnswer, answer: ModelAnswer): string[] {
  const { text, finishReason, model, toolCalls, toolNames, jsonKeys, hasLimits } = expected;
  const calls = answer.toolCalls?.map((call) => ({ name: call.name, arguments: call.arguments }));
  const isText = text instanceof RegExp ? text.test(answer.text) : text === answer.text;
  return [
    ...unless(text === undefined || isText, () => `text is ${json(answer.text)}, ${shorten(String(text))} expected`),
    ...compare('keys of the JSON', jsonKeys && [...jsonKeys].sort(), () => keysOf(answer.text)),
    ...compare('finishReason', finishReason, () => answer.finishReason),
    ...compare('model', model, () => answer.model),
    ...compare('toolCalls', toolCalls, () => calls),
    ...compare('names of tools', toolNames, () => calls?.map(({ name }) => name)),
    ...unless(hasLimits !== true || answer.limits !== undefined, () => 'the answer says nothing about limits'),
  ];
}

/** `expected` undefined: anything will do. */
function compare<T>(what: string, expected: T | undefined, received: () => unknown): string[] {
  if (expected === undefined || isDeepStrictEqual(received(), expected)) return [];
  return [`${what}: ${json(received())}, ${json(expected)} expected`];
}

function keysOf(text: string): string[] | undefined {
  try {
    return Object.keys(JSON.parse(text) as object).sort();
  } catch {
    return undefined; // The caller says that it is no JSON.
  }
}

function checkRequests(run: Run, { requests = 1, mostBytes }: Expectation, { evidence }: Observation): string[] {
  const problems: string[] = [];
  if (evidence.requests !== requests) problems.push(`made ${evidence.requests} requests, ${requests} expected`);
  if (!evidence.isClosed) problems.push('left its connection open');
  if (mostBytes !== undefined && run.source === 'wire' && (evidence.bytes ?? 0) > mostBytes) {
    problems.push(`took ${evidence.bytes} bytes off the server, at most ${mostBytes} expected`);
  }
  return problems;
}

function checkResumable({ isResumable }: Expectation, { resumables }: Observation): string[] {
  if (isResumable !== true) return [];
  const [first, ...more] = resumables;
  const isRight = first !== undefined && more.length === 0 && first.responseId !== '' && first.endpoint !== '';
  return isRight ? [] : [`became resumable ${resumables.length} times: ${json(resumables)}`];
}

function checkSent(expected: Expectation, { evidence }: Observation): string[] {
  const { sent = {}, sentTexts = [], sentHeaders = {}, sentTo } = expected;
  const { body, headers = {}, url } = evidence;
  // Not every source keeps requests as they were sent.
  if (body === undefined) return [];
  const wrongAddress = sentTo === undefined || sentTo === url ? [] : [`sent to ${url}, ${sentTo} expected`];
  const wrongHeaders = Object.entries(sentHeaders)
    .filter(([name, value]) => headers[name] !== value)
    .map(([name, value]) => `sent the header ${name} as ${json(headers[name])}, ${json(value)} expected`);
  const whole = JSON.stringify(body);
  const wrongFields = Object.entries(sent).flatMap(([path, value]) => {
    const received = valueAt(body, path);
    const isRight = value === absent ? received === undefined : isDeepStrictEqual(received, value);
    return isRight ? [] : [`sent ${path} = ${json(received)}, ${value === absent ? 'nothing' : json(value)} expected`];
  });
  const wrongTexts = sentTexts.flatMap((text) => {
    const isForbidden = text.startsWith('!');
    const words = isForbidden ? text.slice(1) : text;
    return whole.includes(words) === isForbidden ? [`sent ${isForbidden ? '' : 'no '}${json(words)}`] : [];
  });
  return [...wrongAddress, ...wrongHeaders, ...wrongFields, ...wrongTexts];
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => {
    return typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }, value);
}

function shown({ answer, error }: Observation): string {
  if (answer !== undefined) return `the answer ${json(answer.text.slice(0, 80))} (${answer.finishReason})`;
  if (error instanceof HoldfastError) return `${error.type} "${error.message}" ${json(error.details)}`;
  return error instanceof Error ? `${error.name} "${error.message}"` : String(error);
}

function json(value: unknown): string {
  return shorten(JSON.stringify(value) ?? 'nothing');
}

function shorten(text: string): string {
  return text.slice(0, 300);
}
