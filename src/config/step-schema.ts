/** The form of `steps`: a model call with its contract, and the ladder of tiers it goes down. */
import { z } from 'zod';
import { activityNames, otherActivityNames } from '../contracts/names';
import { exhaustedMoves, lanes, reasoningEfforts } from '../contracts/settings';
import type { JsonSchema } from '../contracts/settings';
import { failureTypes } from '../errors/failure-types';
import type { FailureType } from '../errors/failure-types';
import { defaults } from './defaults';
import { duration } from './duration';
import { aboveZero, eitherForm, flag, isText, named, number, oneOf, section, share, text } from './schema-parts';
import { answer, tiers } from './tier-schema';
import { toolSchemaProblem } from './tool-schema-problem';

export const modelParameters = {
  maxOutputTokens: aboveZero,
  temperature: number('a number from 0 to 2', { min: 0, max: 2 }).exactOptional(),
  seed: number('a whole number', { whole: true }).exactOptional(),
  reasoningEffort: oneOf(reasoningEfforts).exactOptional(),
};

const movableKinds = ['cached', 'template', 'rule', 'batch', 'deferred', 'human'] as const;
const onFailure = z.partialRecord(
  z.enum(failureTypes as [FailureType, ...FailureType[]], { error: 'expected a failure type, see docs/errors.md' }),
  oneOf(['next', 'fail', ...movableKinds]),
  {
    error: `expected a map from failure types to next, fail or a kind of tier (${movableKinds.join(', ')})`,
  },
);
const onExhausted = eitherForm(isText, { short: oneOf(exhaustedMoves), long: section({ default: answer }) });

function isBetween(count: number, least: number, most: number): boolean {
  return count >= least && count <= most;
}

/** A model must not be able to call what settles its own account. */
const reserved: readonly string[] = [...Object.values(activityNames), ...otherActivityNames];

/** What OpenAI, Anthropic and Gemini all take. */
const toolName = { pattern: /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, words: 'letters, digits, "_" and "-" (at most 64)' };
const mostTools = 64;

const toolInput = z.unknown().transform((value, context): JsonSchema => {
  const problem = toolSchemaProblem(value);
  if (problem === undefined) return value as JsonSchema;
  context.issues.push({ code: 'custom', message: problem.text, path: [...problem.path], input: value });
  return z.NEVER;
});

const tools = named(
  // OpenAI takes no longer one.
  section({ description: text(/^[^]{1,1024}$/, 'what the tool does, in 1 to 1,024 characters'), input: toolInput }),
  'tools',
  toolName,
)
  .refine((declared) => isBetween(Object.keys(declared).length, 1, mostTools), {
    error: `expected one to ${mostTools} tools`,
  })
  .refine((declared) => !Object.keys(declared).some((name) => reserved.includes(name)), {
    error: `expected other names than Holdfast's own activities (${reserved.join(', ')})`,
  })
  .transform((declared) =>
    Object.entries(declared).map(([name, { description, input }]) => ({ name, description, inputSchema: input })),
  );

export const step = section({
  prompt: text(
    /^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*@[1-9]\d{0,5}$/,
    'a prompt and its version, such as research/outline@1',
  ),
  output: text(/^[A-Za-z0-9_-]{1,64}$/, 'the name of an output schema').exactOptional(),
  lane: oneOf(lanes).default(defaults.lane),
  timeouts: section({
    connect: duration.exactOptional(),
    firstToken: duration.exactOptional(),
    idle: duration.exactOptional(),
    call: duration.exactOptional(),
    step: duration.exactOptional(),
  }).prefault({}),
  maximumAttempts: aboveZero.exactOptional(),
  parameters: section({ ...modelParameters, maxOutputTokens: aboveZero.exactOptional() }).exactOptional(),
  stream: flag.exactOptional(),
  background: flag.exactOptional(),
  tools: tools.exactOptional(),
  maxToolRounds: number('a whole number from 1 to 100', { whole: true, min: 1, max: 100 }).exactOptional(),
  complexity: section({
    severalSteps: flag.exactOptional(),
    tools: flag.exactOptional(),
    score: share.exactOptional(),
  }).exactOptional(),
  onFailure: onFailure.exactOptional(),
  onExhausted: onExhausted.exactOptional(),
  tiers,
}).refine(({ tools: declared, maxToolRounds }) => declared !== undefined || maxToolRounds === undefined, {
  path: ['maxToolRounds'],
  error: 'expected together with tools',
});

export type StepEntry = z.output<typeof step>;
