/**
 * Azure OpenAI, below the resource: the dated interface with the deployment in the path
 * (`/openai/deployments/{deployment}/chat/completions?api-version=…`, `/openai/responses?api-version=…`) and the v1 one,
 * which is OpenAI's with the deployment as its model (`/openai/v1/chat/completions`, `/openai/v1/responses`).
 */
import { createChatFormat } from '../openai/chat';
import { embeddings } from '../openai/embeddings';
import { routeBelow } from '../openai/provider';
import { bearerTokenOf, headerOf } from '../provider';
import type { Provider, Route, RouteRequest } from '../provider';
import { azureErrors } from './errors';

const passed = { filtered: false, severity: 'safe' };
const filterResults = { hate: passed, self_harm: passed, sexual: passed, violence: passed };
const promptFilterResults = [{ prompt_index: 0, content_filter_results: filterResults }];

/** A stream begins with a chunk that holds the filter's judgement on the prompt, and no choice. */
const azureChat = createChatFormat({
  openingChunk: {
    choices: [],
    created: 0,
    id: '',
    model: '',
    object: '',
    prompt_filter_results: promptFilterResults,
  },
  ofAnswer: { prompt_filter_results: promptFilterResults },
  ofChoice: { content_filter_results: filterResults },
});

export const azureOpenAi: Provider = {
  requestIdHeader: 'apim-request-id',
  errors: azureErrors,
  newRequestId: (hex) => hex.padEnd(32, '0').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
  keyOf: (headers) => headerOf(headers, 'api-key') ?? bearerTokenOf(headers),
  route: routeAzure,
};

/** Names of deployments have no character that a URL would encode. */
const datedPath = /^\/openai\/deployments\/([\w.-]+)\/(chat\/completions|embeddings)$/;

function routeAzure({ method, path, query }: RouteRequest): Route | undefined {
  if (path.startsWith('/openai/v1/')) return routeBelow({ method, path: path.slice('/openai/v1'.length) }, azureChat);
  if (!query.has('api-version')) return undefined;
  const [, deployment, action] = datedPath.exec(path) ?? [];
  if (deployment !== undefined && method === 'POST') {
    return { operation: 'create', wire: action === 'embeddings' ? embeddings : azureChat, model: deployment };
  }
  // Responses take the deployment as their model here too.
  if (!path.startsWith('/openai/responses')) return undefined;
  return routeBelow({ method, path: path.slice('/openai'.length) }, azureChat);
}
