/**
 * What really arrived and what a provider would put on the bill. The only truth tests should count by.
 * Held in memory until cleared; beyond 200,000 requests the oldest are dropped, and the summary says how many.
 */
import type { ProviderKind } from './settings';
import type { BatchOperation } from './wire/provider';
import type { InterfaceName } from './wire/wire-format';

/**
 * `running`: not over yet. `answered`: complete. `rejected`: 4xx of the provider's own. `fault`: failed by a posted
 * fault. `aborted`: the client left. `cut`: a fault ended the answer half-way.
 */
export type CallOutcome = 'running' | 'answered' | 'rejected' | 'fault' | 'aborted' | 'cut';

/**
 * `create`: a call, also one within a batch, the only kind that is paid for. The others are about a background response,
 * a batch or one of its files.
 */
export type Operation = 'create' | 'retrieve' | 'cancel' | BatchOperation;

/** Times are milliseconds since the epoch on the simulator's clock. */
export interface LedgerEntry {
  /** Order of arrival, 1 first. */
  readonly seq: number;
  readonly endpoint: string;
  readonly provider: ProviderKind;
  readonly operation: Operation;
  /** Absent when the path is none of the provider's. */
  readonly interface?: InterfaceName;
  /** First 12 hexadecimal digits of the SHA-256 of the key presented; absent when there was none. */
  apiKey?: string;
  /** The `X-Client-Request-Id` header. */
  callId?: string;
  model?: string;
  /** When the limits judged the request; before that, when its headers came. */
  receivedAt: number;
  firstTokenAt?: number;
  endedAt?: number;
  /** HTTP status; absent when none was sent. */
  status?: number;
  outcome: CallOutcome;
  /** The provider would charge money: answered, or aborted or cut after its first token. */
  billed: boolean;
  inputTokens: number;
  /** Tokens generated. */
  outputTokens: number;
  /** Tokens charged against tpm, less what was given back at the end. */
  chargedTokens: number;
  stream: boolean;
  /** Generated whether anybody listens or not: the entry runs until that is done. */
  background: boolean;
  /** The provider's id of a background response, in its call and in every request about it. */
  responseId?: string;
  /** The provider's id of the batch that a call is part of, or that a request was about; the call has its custom id as `callId`. */
  batchId?: string;
  faultId?: string;
  /** The SDK's own count of retries, from `x-stainless-retry-count`. */
  retryCount?: number;
}

export type OpenedEntry = Pick<LedgerEntry, 'endpoint' | 'provider' | 'operation' | 'receivedAt'> &
  Partial<Pick<LedgerEntry, 'interface' | 'apiKey' | 'callId' | 'retryCount' | 'responseId' | 'batchId'>>;

const maxEntries = 200_000;
/** Dropped in one go, so that dropping costs next to nothing per request. */
const dropAtOnce = 20_000;

export class Ledger {
  private kept: LedgerEntry[] = [];
  private lastSeq = 0;
  private droppedCount = 0;

  /** The entry is in the ledger from now on, `running` until its outcome is set. */
  open(opened: OpenedEntry): LedgerEntry {
    this.lastSeq += 1;
    const entry: LedgerEntry = {
      ...opened,
      seq: this.lastSeq,
      outcome: 'running',
      billed: false,
      inputTokens: 0,
      outputTokens: 0,
      chargedTokens: 0,
      stream: false,
      background: false,
    };
    this.kept.push(entry);
    if (this.kept.length > maxEntries) {
      this.kept = this.kept.slice(dropAtOnce);
      this.droppedCount += dropAtOnce;
    }
    return entry;
  }

  /** Entries that arrived after `since`, in order of arrival. */
  entries(filter: { since?: number; endpoint?: string } = {}): readonly LedgerEntry[] {
    const { since = 0, endpoint } = filter;
    return this.kept.filter((entry) => entry.seq > since && (endpoint === undefined || entry.endpoint === endpoint));
  }

  clear(): number {
    const count = this.kept.length;
    this.kept = [];
    this.droppedCount = 0;
    return count;
  }

  get dropped(): number {
    return this.droppedCount;
  }
}
