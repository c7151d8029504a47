const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A repeated signal counts only after this long: one Ctrl-C comes twice where npm or a shell passes it on as well, and
 * ending at once would leave the private database, Redis and web server running.
 */
const IMPATIENT_AFTER_MS = 5_000;

/** Resolves at the first signal that asks the process to end. Whoever asks again later ends it at once. */
export function untilToldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let told: number | undefined;
    const hear = (signal: NodeJS.Signals): void => {
      if (told === undefined) {
        told = performance.now();
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
