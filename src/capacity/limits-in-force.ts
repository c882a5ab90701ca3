/** Which limits this process has put in force, and what to send where it has not. */
import type { CapacityCandidate } from '../contracts/capacity';
import type { Limits } from '../contracts/settings';
import { packNumbers } from './pack-numbers';
import { compileLimits } from './pacing';

type Declared = Pick<CapacityCandidate, 'quotaGroup' | 'limits'>;

export interface LimitsInForceOptions {
  readonly version: number;
  readonly jitterMs: number;
  readonly warn: (text: string) => void;
}

export class LimitsInForce {
  /** Tag → quota group → the limits as they were sent. */
  readonly #sent = new Map<string, Map<string, Limits>>();

  constructor(private readonly options: LimitsInForceOptions) {}

  /** The groups whose limits have not been sent as they are declared now, each once. */
  unknownIn(tag: string, declared: readonly Declared[]): readonly Declared[] {
    const sent = this.#sent.get(tag);
    if (sent === undefined) return onePerGroup(declared);
    const unknown = declared.filter(({ quotaGroup, limits }) => !isSame(sent.get(quotaGroup), limits));
    return unknown.length === 0 ? unknown : onePerGroup(unknown);
  }

  /** After the arguments every script has. */
  argumentsOf(declared: readonly Declared[]): (string | number | Buffer)[] {
    return this.#pack(this.options.version, declared);
  }

  /** A change that comes from a person instead of the config: under the next version, whichever that is. */
  changeArguments(quotaGroup: string, limits: Limits): (string | number | Buffer)[] {
    return this.#pack('next', [{ quotaGroup, limits }]);
  }

  /** `outcomes`: of each what became of it, and the version in force. */
  note(tag: string, declared: readonly Declared[], outcomes: readonly unknown[]): void {
    const sent = this.#sent.get(tag) ?? new Map<string, Limits>();
    this.#sent.set(tag, sent);
    for (const [index, { quotaGroup, limits }] of declared.entries()) {
      sent.set(quotaGroup, limits);
      const text = warningOf(quotaGroup, outcomes.slice(2 * index, 2 * index + 2), this.options.version);
      if (text !== undefined) this.options.warn(text);
    }
  }

  /** The state is gone: everything has to be sent again. */
  forget(tag: string): void {
    this.#sent.delete(tag);
  }

  #pack(version: number | 'next', declared: readonly Declared[]): (string | number | Buffer)[] {
    const numbers = declared.flatMap(({ limits }) => compileLimits(limits, this.options.jitterMs));
    return [version, packNumbers(numbers), ...declared.map(({ quotaGroup }) => quotaGroup)];
  }
}

function warningOf(quotaGroup: string, [outcome, inForce]: readonly unknown[], version: number): string | undefined {
  if (outcome === 'older') {
    return (
      `limits of ${quotaGroup}: version ${String(inForce)} is in force, the config has ${version}; ` +
      'the ones in force are kept. To change them, set capacity.limitsVersion higher.'
    );
  }
  if (outcome === 'conflict') {
    return (
      `limits of ${quotaGroup}: others are in force under the same version ${version}; the lower of both hold. ` +
      'To put these in force, set capacity.limitsVersion higher.'
    );
  }
  return undefined;
}

function onePerGroup(declared: readonly Declared[]): Declared[] {
  return [...new Map(declared.map((each) => [each.quotaGroup, each])).values()];
}

function isSame(sent: Limits | undefined, limits: Limits): boolean {
  if (sent === limits) return true;
  return sent !== undefined && JSON.stringify(sent) === JSON.stringify(limits);
}
