const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first signal that asks the process to end. A second one ends it at once. */
export function untilToldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const hear = (signal: NodeJS.Signals): void => {
      for (const name of SIGNALS) {
        process.off(name, hear);
      }
      process.once('SIGINT', () => process.exit(130));
      resolve(signal);
    };
    for (const name of SIGNALS) {
      process.on(name, hear);
    }
  });
}
