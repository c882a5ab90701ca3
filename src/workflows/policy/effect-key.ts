import { effectKeyOf } from '../../contracts/ids';
import { HoldfastError } from '../../errors/holdfast-error';

export interface EffectCall {
  /**
   * Names the effect within its run, e.g. `invoice 42`; at most 200 characters. Default: how many effects of this name the
   * run has had before. That is enough where they come one after the other; effects side by side, as in `each`, need a key
   * of their own, because they need not come in the same order when the run is reset.
   */
  readonly key?: string;
  /**
   * The whole key, in place of one within the run: for effects that must happen once over several runs, and in child
   * workflows of your own, which a reset of their parent starts anew. At most 1,000 characters.
   */
  readonly idempotencyKey?: string;
  /** In the Temporal UI. Default: the name, and the key where there is one. */
  readonly summary?: string;
}

/** The run an effect is of. */
interface EffectRun {
  readonly runKey: string;
  /** How many effects of this name there were before. */
  openEffect(name: string): number;
}

const longestKey = { key: 200, idempotencyKey: 1_000 } as const;

/** Throws `Config.Invalid` for a key that is empty or too long, and for two keys in one call. */
export function effectKeyFor(name: string, { key, idempotencyKey }: EffectCall, run: EffectRun): string {
  checkKey(name, 'key', key);
  checkKey(name, 'idempotencyKey', idempotencyKey);
  if (idempotencyKey === undefined) {
    return effectKeyOf(run.runKey, name, key === undefined ? `#${run.openEffect(name)}` : `:${key}`);
  }
  if (key === undefined) return idempotencyKey;
  throw invalid(name, 'has both key and idempotencyKey: give one');
}

function checkKey(name: string, field: keyof typeof longestKey, value: string | undefined): void {
  if (value === undefined || (value !== '' && value.length <= longestKey[field])) return;
  throw invalid(name, `${field}: expected 1 to ${longestKey[field]} characters, received ${value.length}`);
}

function invalid(name: string, what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `effect ${name}: ${what}`);
}
