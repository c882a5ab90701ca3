/** Where one run is played: an address, and afterwards what was seen there. */

/** What the server's side knows: never what the client says about itself. */
export interface Evidence {
  /** HTTP requests that arrived. */
  readonly requests: number;
  /** How often what the case arranges has struck; 0 makes the run void. */
  readonly struck: number;
  /** Of the last request; absent where the source does not keep it. */
  readonly body?: unknown;
  /** Path and query of the last request. */
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Every exchange was over soon after the call: nothing is left hanging on a socket. */
  readonly isClosed: boolean;
  /** Bytes of bodies that the client took off the server. */
  readonly bytes?: number;
  readonly billed?: { readonly inputTokens: number; readonly outputTokens: number };
}

export interface Stage {
  /** Without a slash at its end. */
  readonly root: string;
  /** Resolves when a request has arrived. */
  arrived(): Promise<void>;
  /** Once, after the call. */
  inspect(): Promise<Evidence>;
  close(): Promise<void>;
}

/** How soon after a call its socket must be free. */
export const closesWithinMs = 2_000;

/** Whether `promise` resolves in time. */
export async function isSettledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const isInTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
}
