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
