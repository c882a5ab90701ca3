/**
 * What a model takes, by provider and name, where the config does not say. Only what is known to be refused is false:
 * of a name nobody has heard of, the best is assumed.
 */
import type { ModelRequest } from './model';
import type { EndpointSettings, ModelCapabilities } from './settings';

const everything: ModelCapabilities = {
  temperature: true,
  seed: true,
  reasoningEffort: true,
  schema: true,
  tools: true,
  images: true,
  pdf: true,
  dimensions: true,
};

/** Reasoning models of OpenAI, which refuse a temperature with a 400. Their `-chat` variants do not reason. */
const openAiReasoning = /^(?:o\d|gpt-5)(?!.*-chat)/;
/** Models of Anthropic that cannot think before they answer. */
const anthropicWithoutThinking = /^claude-(?:2|3-(?:opus|sonnet|haiku|5))/;
/** Models of Gemini that cannot think before they answer. */
const geminiWithoutThinking = /^gemini-(?:1|2\.0)/;

type Endpoint = Pick<EndpointSettings, 'provider' | 'model' | 'capabilities' | 'api'>;

export function capabilitiesOf(endpoint: Endpoint): ModelCapabilities {
  return { ...everything, ...knownOf(endpoint), ...endpoint.capabilities };
}

function knownOf({ provider, model, api }: Endpoint): Partial<ModelCapabilities> {
  switch (provider) {
    case 'openai':
    case 'azure-openai': {
      const reasons = openAiReasoning.test(model);
      // The Responses interface has no seed at all.
      const dimensions = !/^text-embedding-ada/.test(model);
      return { temperature: !reasons, reasoningEffort: reasons, seed: !reasons && api !== 'responses', dimensions };
    }
    case 'anthropic':
      // The API version we speak refuses any temperature.
      return { temperature: false, seed: false, reasoningEffort: !anthropicWithoutThinking.test(model) };
    case 'gemini':
      return { reasoningEffort: !geminiWithoutThinking.test(model) };
    case 'openai-compatible':
      // What such a server makes of an unknown parameter is up to it, mostly a 400.
      return { reasoningEffort: false, images: false, pdf: false, dimensions: false };
  }
}

/** What a request asks for and the endpoint's model cannot do; undefined when it can do all of it. */
export function missingCapability(
  endpoint: Endpoint,
  { messages, tools = [] }: Pick<ModelRequest, 'messages' | 'tools'>,
): 'tools' | 'images' | 'GIF images' | 'PDFs' | undefined {
  const known = capabilitiesOf(endpoint);
  const kinds = messages.flatMap((message) => (message.role === 'user' ? (message.attachments ?? []) : []));
  if (tools.length > 0 && !known.tools) return 'tools';
  if (kinds.some(({ kind }) => kind === 'image') && !known.images) return 'images';
  const hasGif = kinds.some((attachment) => attachment.kind === 'image' && attachment.mediaType === 'image/gif');
  if (hasGif && endpoint.provider === 'gemini') return 'GIF images';
  if (kinds.some(({ kind }) => kind === 'pdf') && !known.pdf) return 'PDFs';
  return undefined;
}
