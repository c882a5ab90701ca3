/** A declared endpoint with what it has counted so far. */
import { Admission } from './limits/admission';
import type { EndpointSettings, ProviderKind } from './settings';
import { anthropic } from './wire/anthropic';
import { openAi } from './wire/openai';
import type { WireFormat } from './wire/wire-format';

const wires: Readonly<Record<ProviderKind, WireFormat>> = { openai: openAi, anthropic };

export class Endpoint {
  readonly admission: Admission;
  private arrivals = 0;

  constructor(private current: EndpointSettings) {
    this.admission = new Admission(current.limits, current.chargesFailedRequests);
  }

  get settings(): EndpointSettings {
    return this.current;
  }

  get wire(): WireFormat {
    return wires[this.current.provider];
  }

  configure(settings: EndpointSettings): void {
    this.current = settings;
    this.admission.configure(settings.limits, settings.chargesFailedRequests);
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
