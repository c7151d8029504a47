const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A repeated signal counts only after this long: one Ctrl-C comes twice where npm or a shell passes it on as well, and
 * ending at once would leave the private database, Redis and web server running.
 */
const IMPATIENT_AFTER_MS = 5_000;

/** Bull asks Redis things whose answers it waits for nowhere: those that come to nothing because it is left must not end the rest of the stop. */
function leaveUnanswered(error: unknown): void {
  if (!(error instanceof Error && error.message === 'Connection is closed.')) {
    throw error;
  }
}

/** Resolves at the first signal that asks the process to end. Whoever asks again later ends it at once. */
export function untilToldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let told: number | undefined;
    const hear = (signal: NodeJS.Signals): void => {
      if (told === undefined) {
        told = performance.now();
        process.on('unhandledRejection', leaveUnanswered);
        resolve(signal);
      } else if (performance.now() - told > IMPATIENT_AFTER_MS) {
        process.exit(130);
      }
    };
    for (const name of SIGNALS) {
      process.on(name, hear);
    }
  });
}
