import type { Trace } from '../../workers/acme/trace.js';

/** Whether the work came to its end before it had passed so many boundaries; there it stands still for ever, as a killed one does. */
export async function survives(boundaries: number, work: (trace: Trace) => Promise<unknown>): Promise<boolean> {
  let left = boundaries;
  let die!: (survived: false) => void;
  const death = new Promise<false>((resolve) => {
    die = resolve;
  });
  const trace = (): Promise<void> => {
    left -= 1;
    if (left === 0) {
      die(false);
    }
    return left > 0 ? Promise.resolve() : new Promise<void>(() => undefined);
  };
  return Promise.race([work(trace).then(() => true), death]);
}
