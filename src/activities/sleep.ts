/** Waits `ms` (rounded up, plus 2 ms because timers fire early); rejects with the signal's reason when it aborts. */
export async function sleepUntilAborted(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms <= 0) return;
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', abort);
        resolve();
      },
      Math.ceil(ms) + 2,
    );
    signal.addEventListener('abort', abort, { once: true });
  });
}
