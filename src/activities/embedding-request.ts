/** What an embedding asks: its texts, each a message of its own, and which vectors they are to become. */
import type { EmbeddingPlan } from '../contracts/embedding';
import type { JsonObject } from '../contracts/json';
import type { EndpointSettings } from '../contracts/settings';
import type { StepPlan } from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';
import type { RenderedRequest } from './rendered-request';
import type { ActivityDependencies } from './ports';

/** There is none. */
const noOutput = { maxOutputTokens: 0 } as const;

/** Throws `Config.Invalid` for a name that is none, or that of a step. */
export function planEmbedding({ settings }: Pick<ActivityDependencies, 'settings'>, name: string): StepPlan {
  const { embeddings, steps, endpoints, pools, file } = settings;
  const embedding = Object.hasOwn(embeddings, name) ? embeddings[name] : undefined;
  if (embedding === undefined) {
    const known = Object.keys(embeddings).join(', ') || 'none';
    const isStep = Object.hasOwn(steps, name) ? '; it is a step, which is called by step()' : '';
    throw new HoldfastError(
      'Config.Invalid',
      `${file}: embeddings.${name}: there is no such embedding (known: ${known})${isStep}`,
    );
  }
  const { pool, lane, timeouts, maximumAttempts, model, dimensions, cachedMs } = embedding;
  const contextWindow = Math.max(...(pools[pool]?.endpoints ?? []).map((each) => endpoints[each]?.contextWindow ?? 0));
  return {
    step: name,
    prompt: '',
    embedding: { model, dimensions },
    lane,
    timeouts,
    maximumAttempts,
    tiers: [
      ...(cachedMs === undefined ? [] : [{ cachedMs }]),
      { pool, variant: 'default', parameters: noOutput, contextWindow },
    ],
  };
}

/** What tells embeddings apart: also over runs, as the cache keeps them by it. */
export function embeddingFacts(embedding: EmbeddingPlan, variables: JsonObject): object {
  return { embedding, texts: variables['texts'] };
}

/** Throws `Llm.BadRequest` for anything but texts. */
export function renderEmbedding(embedding: EmbeddingPlan, variables: JsonObject): RenderedRequest {
  const { texts } = variables;
  if (!Array.isArray(texts) || texts.length === 0 || !texts.every((text) => typeof text === 'string' && text !== ''))
    throw new HoldfastError('Llm.BadRequest', 'an embedding takes a list of texts, none of them empty');
  const messages = (texts as readonly string[]).map((content) => ({ role: 'user' as const, content }));
  return { messages, parameters: noOutput, embedding };
}

/** Endpoints of another model would give vectors that mean nothing beside those the run has. */
export function sameModel(
  endpoints: readonly EndpointSettings[],
  { pool, rendered: { embedding } }: { readonly pool: string; readonly rendered: RenderedRequest },
): readonly EndpointSettings[] {
  if (embedding === undefined) return endpoints;
  const same = endpoints.filter(({ model }) => model === embedding.model);
  if (same.length > 0) return same;
  const message = `pool ${pool} no longer has an endpoint of ${embedding.model}, but the vectors of a run that goes on are of it`;
  throw new HoldfastError('Config.Invalid', message, { pool });
}

export function textTooLong({
  pool,
  endpoints,
  rendered,
}: {
  readonly pool: string;
  readonly endpoints: readonly EndpointSettings[];
  readonly rendered: RenderedRequest;
}): HoldfastError {
  const characters = Math.max(...rendered.messages.map(({ content }) => content.length));
  const contextWindow = Math.max(...endpoints.map((endpoint) => endpoint.contextWindow));
  const message = `a text of ${characters} characters does not fit the ${contextWindow} tokens that pool ${pool} takes of each; split it`;
  return new HoldfastError('Llm.ContextTooLong', message, { pool, contextWindow });
}

/** Each text has the window to itself. */
export function fitsOneByOne(
  { estimator }: Pick<ActivityDependencies, 'estimator'>,
  endpoint: EndpointSettings,
  rendered: RenderedRequest,
): boolean {
  return rendered.messages.every((message) => {
    // No tokenizer makes more tokens than bytes: short texts, which are most, need not be counted.
    if (Buffer.byteLength(message.content) <= endpoint.contextWindow) return true;
    return estimator.inputTokens({ model: endpoint.model, ...rendered, messages: [message] }) <= endpoint.contextWindow;
  });
}
