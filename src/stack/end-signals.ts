const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Why the process should end. `launcher` = the process that started us is gone. */
export type EndReason = (typeof signals)[number] | 'launcher';

// A terminal, npm and our launcher each pass the same Ctrl-C on; later ones are a person who insists.
const sameSignalMs = 1_000;

/**
 * Calls `end` once when the process is asked to end: Ctrl-C, SIGTERM, a closed terminal, or a launcher that disappeared
 * (seen through the IPC channel it opened). A second Ctrl-C more than a second later ends the process on the spot; a
 * stack's guard then cleans up.
 * @returns takes the handlers off again
 */
export function onEndSignal(end: (reason: EndReason) => void): () => void {
  let firstAt: number | undefined;
  const handle = (reason: EndReason): void => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      end(reason);
    } else if (now - firstAt > sameSignalMs && reason !== 'launcher') process.exit(130);
  };
  const onDisconnect = (): void => handle('launcher');
  for (const signal of signals) process.on(signal, handle);
  process.on('disconnect', onDisconnect);
  // The channel is there to be cut, not to keep us alive.
  process.channel?.unref();
  return () => {
    for (const signal of signals) process.off(signal, handle);
    process.off('disconnect', onDisconnect);
  };
}
