/** What an endpoint enforces, and how the config file and the control API say it. */
import { InputError, isRecord, joinPath, readBoolean, readChoice, readNumber, readRecord } from '../read-input';
import type { InputRecord } from '../read-input';
import { piecesPerMinute, requestWindows, tokenWindows } from './window-kinds';
import type { RequestWindow, TokenWindow } from './window-kinds';

/** What is enforced; an absent dimension is not. All are whole numbers of at least 1. */
export interface LimitSettings {
  /** Requests per minute. */
  readonly rpm?: number;
  /** Tokens per minute, charged at admission: input and requested output at OpenAI, input at Anthropic. */
  readonly tpm?: number;
  /** Input tokens per minute, charged at admission (Anthropic, Gemini). */
  readonly inputTpm?: number;
  /**
   * Output tokens per minute (Anthropic), charged as they are generated. A request is admitted while one token is left,
   * and what it then generates over the limit is not cut off but has to be made up for.
   */
  readonly outputTpm?: number;
  /** Requests per day, which begins at midnight Pacific time (Gemini). */
  readonly rpd?: number;
  /** Requests in flight. */
  readonly concurrency?: number;
  /** How a minute is counted. Default `slidingMinute`. */
  readonly window?: WindowSettings;
  /**
   * `outputTpm` is charged with the whole output a request may have when it is admitted, and given back the rest at its
   * end, as Anthropic did before 2025. Default false.
   */
  readonly reservesOutput?: boolean;
  /** What was charged against tpm for output that did not come is given back at the end (Bedrock). Default false. */
  readonly refundsOutput?: boolean;
}

export interface WindowSettings {
  /** Of rpm. */
  readonly requests?: RequestWindow;
  /** Of tpm, inputTpm and outputTpm. */
  readonly tokens?: TokenWindow;
}

/** The same with one kind for both windows, if wanted. */
export type LimitInput = Omit<LimitSettings, 'window'> & { readonly window?: WindowSettings | TokenWindow };

const numbers = ['rpm', 'tpm', 'inputTpm', 'outputTpm', 'rpd', 'concurrency'] as const;
/** Each with the limit it is about. */
const flags = [
  ['reservesOutput', 'outputTpm'],
  ['refundsOutput', 'tpm'],
] as const;

/** Throws `InputError`. `field` is where the object stands, for messages. */
export function readLimits(value: unknown, field: string): LimitSettings {
  const input = readRecord(value, field, [...numbers, 'window', ...flags.map(([flag]) => flag)]);
  const entries = numbers
    .filter((name) => input[name] !== undefined)
    .map((name) => [name, readNumber(input[name], joinPath(field, name), { min: 1, isInteger: true })] as const);
  const limits: LimitSettings = { ...Object.fromEntries(entries), ...readFlags(input, field) };
  if (input['window'] === undefined) return limits;
  const window = readWindow(input['window'], joinPath(field, 'window'));
  checkPieces(limits.rpm, window.requests, joinPath(field, 'rpm'));
  return { ...limits, window };
}

function readFlags(input: InputRecord, field: string): Pick<LimitSettings, (typeof flags)[number][0]> {
  const entries = flags
    .filter(([flag]) => input[flag] !== undefined)
    .map(([flag, limit]) => {
      const isSet = readBoolean(input[flag], joinPath(field, flag));
      if (isSet && input[limit] === undefined) throw new InputError(joinPath(field, flag), `needs a limit ${limit}`);
      return [flag, isSet] as const;
    });
  return Object.fromEntries(entries);
}

function readWindow(value: unknown, field: string): WindowSettings {
  if (!isRecord(value)) {
    const kind = readChoice(value, field, tokenWindows);
    return { requests: kind, tokens: kind };
  }
  const { requests, tokens } = readRecord(value, field, ['requests', 'tokens']);
  return {
    ...(requests === undefined ? {} : { requests: readChoice(requests, joinPath(field, 'requests'), requestWindows) }),
    ...(tokens === undefined ? {} : { tokens: readChoice(tokens, joinPath(field, 'tokens'), tokenWindows) }),
  };
}

/** What a provider makes of half a request per window is not known, so it is not pretended. */
function checkPieces(rpm: number | undefined, kind: RequestWindow | undefined, field: string): void {
  if (rpm === undefined || kind === undefined || rpm % piecesPerMinute(kind) === 0) return;
  throw new InputError(field, `expected a multiple of ${piecesPerMinute(kind)} where requests are ${kind}, got ${rpm}`);
}
