import { open, stat } from 'node:fs/promises';
import type { CheckerComplaint } from '../../src/consumers/index.js';
import { findMaster } from './daemon.js';
import type { Target } from './effects.js';

const ENOUGH_BYTES = 64 * 1024;

/** Remembers where the error log ends, so that what the server says against a configuration from now on can be read. */
export async function errorLogFromHere(target: Target): Promise<() => Promise<CheckerComplaint | undefined>> {
  const { daemon } = target.consumer;
  const path = daemon.errorLog(target.server);
  const offset = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  // A second server that lost the race for the ports complains into the same log: only the one that runs is asked.
  return async () => daemon.refusal(await readFrom(path, offset), target.directory, await findMaster(target));
}

/** The beginning of what a log holds from `offset` on. Empty when there is none. */
export async function readFrom(path: string, offset: number): Promise<string> {
  const buffer = Buffer.alloc(ENOUGH_BYTES);
  try {
    const handle = await open(path);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset).finally(() => void handle.close());
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
