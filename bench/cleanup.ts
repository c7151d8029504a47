import { rmSync } from 'node:fs';

const stops = new Set<() => Promise<void>>();
const directories = new Set<string>();

/** What was started is stopped by whoever started it, or by `stopAll`, whichever comes first. */
export function stoppable(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const once = (): Promise<void> =>
    (stopping ??= stop().finally(() => {
      stops.delete(once);
    }));
  stops.add(once);
  return once;
}

/** Stops everything that still runs. Directories go when the process ends, after what works in them. */
export async function stopAll(): Promise<void> {
  await Promise.allSettled([...stops].map((stop) => stop()));
}

export function removeAtEnd(directory: string): void {
  directories.add(directory);
}

process.once('exit', () => {
  for (const directory of directories) {
    rmSync(directory, { recursive: true, force: true });
  }
});
