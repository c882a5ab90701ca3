/** What a call asks: its parts, their digest, and the request as a model reads it. */
import { createHash } from 'node:crypto';
import type { EmbeddingPlan } from '../contracts/embedding';
import { canonicalJson } from '../contracts/json';
import type { JsonObject } from '../contracts/json';
import type { Attachment, ModelMessage, ModelRequest, ToolDefinition } from '../contracts/model';
import type { EndpointSettings, ModelParameters } from '../contracts/settings';
import type { CallExtras, OpenStepInput, PoolPlan, StepPlan, ToolRound } from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';
import { embeddingFacts, renderEmbedding } from './embedding-request';
import type { ActivityDependencies } from './ports';
import type { RenderedRequest } from './rendered-request';

type RequestDependencies = Pick<ActivityDependencies, 'prompts' | 'schemas' | 'settings'>;

export interface RequestParts {
  readonly deps: RequestDependencies;
  readonly prompt: string;
  readonly embedding?: EmbeddingPlan;
  readonly variant: string;
  readonly variables: JsonObject;
  readonly parameters: ModelParameters;
  readonly output?: string;
  readonly tools?: readonly ToolDefinition[];
  readonly extras?: CallExtras;
}

/** What a caller of the step gave, and which step it is. */
export interface Asking {
  readonly step: string;
  readonly variables: JsonObject;
  readonly extras?: CallExtras | undefined;
}

export function askingOf(input: Pick<OpenStepInput, 'id' | 'variables' | 'extras'>): Asking {
  return { step: input.id.step, variables: input.variables, extras: input.extras };
}

/** What a call's request is made of: the plan of its step and of the pool it goes to, and what was asked. */
export function requestPartsOf(
  deps: RequestDependencies,
  plan: Pick<StepPlan, 'prompt' | 'embedding' | 'output' | 'tools'> & Pick<PoolPlan, 'variant' | 'parameters'>,
  { step, variables, extras }: Asking,
): RequestParts {
  const { prompt, embedding, output, variant, parameters, tools } = plan;
  return {
    deps,
    prompt,
    variant,
    variables,
    parameters,
    ...(embedding && { embedding }),
    ...(output === undefined ? {} : { output }),
    ...(tools && { tools: tools.map((name) => toolOf(deps, step, name)) }),
    ...(extras && { extras }),
  };
}

function toolOf({ settings }: RequestDependencies, step: string, name: string): ToolDefinition {
  const declared = Object.hasOwn(settings.steps, step) ? settings.steps[step]?.tools : undefined;
  const tool = declared?.find((candidate) => candidate.name === name);
  if (tool !== undefined) return tool;
  const message = `${settings.file}: steps.${step}.tools.${name}: this tool is gone, but a run that began with it goes on`;
  throw new HoldfastError('Config.Invalid', message);
}

/** Covers what the answer depends on: not the endpoint, not rendered bytes. */
export function digestRequest(parts: RequestParts): string {
  const { deps, prompt, embedding, variant, variables, parameters, output, tools, extras } = parts;
  if (embedding !== undefined) return shortDigest(embeddingFacts(embedding, variables));
  const { contentHash } = deps.prompts.get(prompt, variant);
  return shortDigest({
    prompt,
    contentHash,
    variables,
    parameters,
    schema: schemaHashOf(deps, output),
    tools,
    attachments: extras?.attachments?.map(digestAttachment),
    toolRounds: extras?.toolRounds?.map(({ calls, results }) => ({ calls, results })),
  });
}

/** Tells questions apart for the cached tier: by what was asked, whichever model would be asked. */
export function digestQuestion(
  deps: RequestDependencies,
  { prompt, embedding, output, tools }: Pick<StepPlan, 'prompt' | 'embedding' | 'output' | 'tools'>,
  { step, variables, extras }: Asking,
): string {
  if (embedding !== undefined) return shortDigest(embeddingFacts(embedding, variables));
  const { contentHash } = deps.prompts.get(prompt, 'default');
  const attachments = extras?.attachments?.map(digestAttachment);
  return shortDigest({ step, prompt, contentHash, variables, schema: schemaHashOf(deps, output), tools, attachments });
}

function schemaHashOf(deps: RequestDependencies, output: string | undefined): string | undefined {
  return output === undefined ? undefined : deps.schemas.get(output).hash;
}

/** 128 bits are plenty for telling requests of one step apart, and the digest stands in history once per tier. */
function shortDigest(facts: unknown): string {
  return createHash('sha256').update(canonicalJson(facts)).digest('base64url').slice(0, 22);
}

function digestAttachment({ data, ...facts }: Attachment): object {
  return { ...facts, sha256: createHash('sha256').update(data).digest('base64url') };
}

/** The first message of the conversation; rounds of tool calls and a repair come after it (`renderCall`). */
export function renderRequest(parts: RequestParts, digest: string): RenderedRequest {
  const { deps, embedding, output, tools, extras } = parts;
  if (embedding !== undefined) return renderEmbedding(embedding, parts.variables);
  const { messages, ...rendered } = deps.prompts.render(
    deps.prompts.get(parts.prompt, parts.variant),
    parts.variables,
    digest,
  );
  return {
    ...rendered,
    messages: withAttachments(messages, extras?.attachments),
    parameters: parts.parameters,
    ...(output === undefined ? {} : { output: { name: output, schema: deps.schemas.get(output).jsonSchema } }),
    ...(tools && { tools }),
  };
}

function withAttachments(
  messages: readonly ModelMessage[],
  attachments: readonly Attachment[] | undefined,
): readonly ModelMessage[] {
  const last = messages.at(-1);
  if (attachments === undefined || last?.role !== 'user') return messages;
  return [...messages.slice(0, -1), { ...last, attachments }];
}

/** A round as the model sees it again: what it asked for, and what it got. */
export function messagesOf(
  { text, calls, results }: ToolRound,
  carried: Extract<ModelMessage, { role: 'assistant' }>['carried'],
): ModelMessage[] {
  return [
    { role: 'assistant', content: text, toolCalls: calls, ...(carried && { carried }) },
    ...calls.map(({ id, name }, index): ModelMessage => {
      const { content = '', isError } = results[index] ?? {};
      return { role: 'tool', toolCallId: id, name, content, ...(isError === true && { isError }) };
    }),
  ];
}

export function requestFor(rendered: RenderedRequest, endpoint: EndpointSettings): ModelRequest {
  return { ...rendered, model: endpoint.model };
}
