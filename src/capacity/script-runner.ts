/**
 * Runs the operations on Redis: EVALSHA, the source after NOSCRIPT, and no call beyond 450 ms. An attempt that fails is
 * repeated once with the same arguments, which is safe because every operation is idempotent by rid.
 */
import type { Cluster, Redis } from 'ioredis';
import { HoldfastError } from '../errors';
import { commandTimeoutMs, connectionErrorOf, errorText, redisAddressOf } from './redis-connection';
import { loadScripts, type Operation } from './script-source';

const attempts = 2;
const totalTimeoutMs = 450;
/** Before an attempt is repeated that failed at once: a connection that is being replaced is back by then. */
const pauseBeforeRepeatMs = 25;

/** When an operation that begins now must have ended. */
export function operationDeadline(): number {
  return performance.now() + totalTimeoutMs;
}

export interface ScriptCall {
  readonly operation: Operation;
  readonly keys: readonly string[];
  readonly args: readonly (string | number | Buffer)[];
  /** `performance.now()` by which the operation that this is a part of must have ended. Default: 450 ms from now. */
  readonly deadlineMs?: number;
}

export type RunScript = (call: ScriptCall) => Promise<readonly unknown[]>;

/** Answers a function that fails with `Capacity.StoreUnavailable`, or `Llm.Internal` when a script itself is wrong. */
export function createScriptRunner(redis: Redis | Cluster): RunScript {
  const scripts = loadScripts();
  const becomeReady = readiness(redis);

  async function evaluate({ operation, keys, args }: ScriptCall): Promise<readonly unknown[]> {
    const { sha, lua } = scripts[operation];
    try {
      return (await redis.evalsha(sha, keys.length, ...keys, ...args)) as unknown[];
    } catch (error) {
      if (!errorText(error).startsWith('NOSCRIPT')) throw error;
      return (await redis.eval(lua, keys.length, ...keys, ...args)) as unknown[];
    }
  }

  /** Sends nothing once the time is over: a claim made after its caller gave up would have no owner. */
  async function attempt(call: ScriptCall, timeoutMs: number): Promise<readonly unknown[]> {
    const startedAt = performance.now();
    await withTimeout(becomeReady(), timeoutMs);
    return withTimeout(evaluate(call), Math.max(1, timeoutMs - (performance.now() - startedAt)));
  }

  return async (call) => {
    const { deadlineMs = operationDeadline() } = call;
    let cause: unknown;
    for (let tries = 0; tries < attempts; tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, pauseBeforeRepeatMs));
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) break;
      try {
        return await attempt(call, Math.min(commandTimeoutMs, leftMs));
      } catch (error) {
        if (isDefect(error)) throw defect(call.operation, error);
        cause = error;
      }
    }
    throw unavailable(redis, call.operation, cause);
  };
}

/** Waits while the client connects: a command sent now would fail at once. Callers share one pair of listeners. */
function readiness(redis: Redis | Cluster): () => Promise<void> {
  let waiting: Promise<void> | undefined;
  return async () => {
    if (redis.status === 'ready') return;
    if (redis.status === 'end') throw new Error('the connection is closed');
    waiting ??= new Promise<void>((resolve, reject) => {
      const settle = (error?: Error): void => {
        redis.off('ready', onReady).off('end', onEnd);
        waiting = undefined;
        if (error) reject(error);
        else resolve();
      };
      const onReady = (): void => settle();
      const onEnd = (): void => settle(new Error('the connection is closed'));
      redis.on('ready', onReady).on('end', onEnd);
    });
    await waiting;
  };
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${Math.round(timeoutMs)} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Errors of a script are prefixed ERR or WRONGTYPE; everything else (LOADING, READONLY, OOM, …) may pass. */
function isDefect(error: unknown): boolean {
  return (error as Error).name === 'ReplyError' && /^(ERR|WRONGTYPE) /.test(errorText(error));
}

function defect(operation: Operation, cause: unknown): HoldfastError {
  const message = `The capacity script ${operation}.lua failed: ${errorText(cause)}. Report it.`;
  return new HoldfastError('Llm.Internal', message, {}, { cause });
}

function unavailable(redis: Redis | Cluster, operation: Operation, cause: unknown): HoldfastError {
  const reason = redis.status === 'end' ? cause : (connectionErrorOf(redis) ?? cause);
  return new HoldfastError(
    'Capacity.StoreUnavailable',
    `Capacity store at ${redisAddressOf(redis)}: ${operation} failed ${attempts} times: ${errorText(reason)}. ` +
      'Check that Redis runs there and answers.',
    { operation },
    { cause: reason },
  );
}
