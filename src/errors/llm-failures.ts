/** The classes of what a provider, a model or the way to them can do to a call. */
import type { FailurePolicy } from './failure-policy';

export const llmFailures = {
  'Llm.RateLimited': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'rateLimited',
    meaning:
      'The provider answered 429 of the rate class although capacity was reserved. The endpoint pauses for everyone; check its limits in the config.',
  },
  'Llm.Overloaded': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'failed',
    meaning: 'The provider is overloaded (529, 503 or "high demand"). Nothing to do unless it lasts.',
  },
  'Llm.ServerError': { hop: true, retry: true, next: 'tier', outcome: 'failed', meaning: 'The provider answered 5xx.' },
  'Llm.Connection': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning: 'The connection was refused, reset or could not be opened in time.',
  },
  'Llm.Timeout': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning: 'No first token, or the whole call took longer than its timer allows.',
  },
  'Llm.Stalled': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning: 'The stream fell silent for longer than the idle timer.',
  },
  'Llm.Truncated': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning: 'The stream or body ended before the answer was complete.',
  },
  'Llm.EmptyResponse': {
    hop: true,
    retry: true,
    next: 'tier',
    outcome: 'failed',
    meaning: 'The provider answered 200 without content.',
  },
  'Llm.QuotaExhausted': {
    hop: true,
    retry: false,
    next: 'tier',
    outcome: 'dead',
    meaning: 'Money or a daily quota is used up. The endpoint is closed until it resets; top up or raise the quota.',
  },
  'Llm.Authentication': {
    hop: true,
    retry: false,
    next: 'tier',
    outcome: 'dead',
    meaning: 'The key was refused (401, 403). Check the environment variable named in apiKeyEnv.',
  },
  'Llm.BadRequest': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The provider refused the request (400, 422): the prompt, schema or parameters are wrong.',
  },
  'Llm.ModelNotFound': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'refused',
    meaning: 'The provider does not know the model or deployment (404). Check model and deployment in the config.',
  },
  'Llm.ContextTooLong': {
    hop: false,
    retry: false,
    next: 'largerWindow',
    outcome: 'refused',
    meaning: "The request does not fit the model's context window.",
  },
  'Llm.ContentFiltered': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'failed',
    meaning:
      "The provider's content policy refused the request or the answer. It is never sent to another model by accident.",
  },
  'Llm.OutputInvalid': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'failed',
    meaning:
      "The answer does not match the step's schema, also after one repair; or it calls a tool with arguments that are no JSON object, or is larger than 16 MiB.",
  },
  'Llm.OutputCut': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'failed',
    meaning:
      'The answer reached `maxOutputTokens` before its JSON was complete. The same model would be cut again, so no repair is bought; raise `maxOutputTokens` or ask for less.',
  },
  'Llm.Unsupported': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'refused',
    meaning:
      'No model of the pool can do what the request asks for (tools, images, PDFs): nothing was sent. Check `capabilities` of its endpoints, or add a tier whose models can.',
  },
  'Llm.ToolLoop': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'failed',
    meaning: 'The model asked for tools in more rounds than `maxToolRounds` allows, and never answered.',
  },
  'Llm.ResumeLost': {
    hop: false,
    retry: true,
    next: 'tier',
    outcome: 'unknown',
    meaning:
      'A call that went on at the provider after a crash is no longer there. It is made anew; what it cost is unknown.',
  },
  'Llm.Cancelled': {
    hop: false,
    retry: false,
    next: 'tier',
    outcome: 'unknown',
    meaning:
      'Somebody cancelled or terminated this tier or its call, but not the run: the step goes on with the next tier.',
  },
  'Llm.Internal': {
    hop: false,
    retry: false,
    next: 'fail',
    outcome: 'unknown',
    meaning: 'A defect of Holdfast itself. Report it with the workflow id.',
  },
} as const satisfies Record<string, FailurePolicy>;
