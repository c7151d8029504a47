import { inLanes } from '../api.js';
import type { World } from './world.js';

/** What it took a client to get its certificates. */
export interface Obtained {
  /** Of each certificate that was got, from when its turn came until it was on the disk. */
  readonly eachMs: readonly number[];
  readonly wholeMs: number;
  /** Of the client, its children and threads included. */
  readonly cpuMs: number;
  /** What was said instead of a certificate, one sentence each. */
  readonly failures: readonly string[];
  /** Its resident memory at its most; where it is one process. */
  readonly peakMb?: number;
}

/** One certificate for each name. The first is got alone, as it registers the account; then so many at a time. */
export type Obtain = (world: World, names: readonly string[], lanes: number) => Promise<Obtained>;

/** Times `get` for each name; what it returns is the reason why there is no certificate. */
export async function obtainEach(
  names: readonly string[],
  lanes: number,
  get: (name: string, index: number) => Promise<string | undefined>,
): Promise<Pick<Obtained, 'eachMs' | 'wholeMs' | 'failures'>> {
  const eachMs: number[] = [];
  const failures: string[] = [];
  const timed = async (name: string, index: number): Promise<void> => {
    const began = performance.now();
    const reason = await get(name, index);
    if (reason === undefined) {
      eachMs.push(performance.now() - began);
    } else {
      failures.push(reason);
    }
  };
  const [first, ...others] = names;
  const began = performance.now();
  if (first !== undefined) {
    await timed(first, 0);
  }
  await inLanes(others, lanes, (name, index) => timed(name, index + 1));
  return { eachMs, wholeMs: performance.now() - began, failures };
}
