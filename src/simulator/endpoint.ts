/** A declared endpoint with what it has counted so far. */
import { BatchDesk } from './batch/batch-desk';
import type { Clock } from './clock';
import { createLimiter } from './limits';
import type { EndpointLimiter } from './limits';
import { toOwnTokens } from './own-tokenizer';
import { ResponseStore } from './serve/response-store';
import type { EndpointSettings, ProviderKind } from './settings';
import { anthropic } from './wire/anthropic/provider';
import { azureOpenAi } from './wire/azure-openai/provider';
import { gemini } from './wire/gemini/provider';
import { limitHeaders } from './wire/limit-headers';
import type { LimitHeaders } from './wire/limit-headers/limit-headers';
import { openAi } from './wire/openai/provider';
import type { Provider } from './wire/provider';
import type { ServedModel } from './wire/wire-format';

const providers: Readonly<Record<ProviderKind, Provider>> = {
  openai: openAi,
  'azure-openai': azureOpenAi,
  anthropic,
  gemini,
};

export class Endpoint implements ServedModel {
  readonly limiter: EndpointLimiter;
  readonly responses = new ResponseStore();
  readonly batches = new BatchDesk();
  private arrivals = 0;

  constructor(
    private current: EndpointSettings,
    clock: Clock,
    private readonly seed: number,
  ) {
    this.limiter = createLimiter(current, clock, seed);
  }

  get settings(): EndpointSettings {
    return this.current;
  }

  get provider(): Provider {
    return providers[this.current.provider];
  }

  get limitHeaders(): LimitHeaders {
    return limitHeaders[this.current.headers];
  }

  configure(settings: EndpointSettings): void {
    this.current = settings;
    this.limiter.configure(settings);
  }

  toOwnTokens(tokens: number, text: string): number {
    return toOwnTokens(tokens, this.current.tokenizer, this.seed, this.current.name, text);
  }

  /** 1 for the first request that ever came, and so on: the number its randomness hangs on. */
  nextArrival(): number {
    this.arrivals += 1;
    return this.arrivals;
  }
}

/** The kind of provider a path belongs to, for errors about endpoints that do not exist. */
export function kindOfPath(path: string): ProviderKind {
  if (path.startsWith('/v1/messages')) return 'anthropic';
  if (path.startsWith('/openai/')) return 'azure-openai';
  return path.startsWith('/v1beta/') ? 'gemini' : 'openai';
}

export function providerOf(kind: ProviderKind): Provider {
  return providers[kind];
}
