/**
 * Resolves at the first Ctrl-C, SIGTERM or hang-up, or when the process that started us is gone. Later
 * signals are ignored: stopping is under way.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    if (!process.channel) return;
    process.on('disconnect', () => resolve());
    // Listening must not keep a finished process alive: the launcher holds its end open until we exit.
    process.channel.unref();
  });
}

/** A stop that takes longer than this is forced. */
const longestStopMs = 4_000;

/**
 * Ends this process soon after a stop was asked for, even if it waits for something. Before that, `kill` ends what this
 * process has started. Nothing is lost: every part continues from the tables after a kill.
 */
export function forceStop(stopped: Promise<void>, kill: () => void, exitCode: number): void {
  void stopped.then(() => {
    setTimeout(() => {
      kill();
      process.exit(exitCode);
    }, longestStopMs).unref();
  });
}
