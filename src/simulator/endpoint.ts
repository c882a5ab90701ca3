/** A declared endpoint with what it has counted so far. */
import type { Clock } from './clock';
import { createLimiter } from './limits';
import type { EndpointLimiter } from './limits';
import { toOwnTokens } from './own-tokenizer';
import type { EndpointSettings, ProviderKind } from './settings';
import { anthropic } from './wire/anthropic';
import { openAi } from './wire/openai';
import { limitHeaders } from './wire/limit-headers';
import type { LimitHeaders } from './wire/limit-headers/limit-headers';
import type { ServedModel, WireFormat } from './wire/wire-format';

const wires: Readonly<Record<ProviderKind, WireFormat>> = { openai: openAi, anthropic };

export class Endpoint implements ServedModel {
  readonly limiter: EndpointLimiter;
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

  get wire(): WireFormat {
    return wires[this.current.provider];
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

/** The provider a path belongs to, for errors about endpoints that do not exist. */
export function providerOfPath(path: string): ProviderKind {
  return path.includes(anthropic.path) ? 'anthropic' : 'openai';
}

export function wireOf(provider: ProviderKind): WireFormat {
  return wires[provider];
}
