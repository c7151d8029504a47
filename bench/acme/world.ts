import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPebble, type Pebble } from '../../test/support/pebble.js';
import { removeAtEnd, stoppable } from '../cleanup.js';
import { processCpuMs } from '../processes.js';

export const BAD_NONCES = 5;
/** The CA writes its log after it has answered. */
const LOG_SETTLES_MS = 100;

/** What the CA has seen and done since it began. */
export interface CaCounts {
  readonly requests: number;
  readonly orders: number;
  readonly certificates: number;
  readonly cpuMs: number;
}

/** A CA of its own for each measurement, and a directory for the client. */
export interface World {
  readonly pebble: Pebble;
  readonly directory: string;
  /** PEM of what the CA's own certificate leads to. */
  readonly rootPath: string;
  counts(): Promise<CaCounts>;
  stop(): Promise<void>;
}

/** Pebble, strict, without its pauses and without reuse of authorizations: each certificate takes the whole way. */
export async function makeWorld(): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-bench-acme-'));
  removeAtEnd(directory);
  // Workers of a web server run as another account than root.
  await chmod(directory, 0o755);
  const seen = { requests: 0, orders: 0, certificates: 0 };
  let rest = '';
  const count = (chunk: string): void => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      seen.requests += line.endsWith('-> calling handler()') ? 1 : 0;
      seen.orders += line.includes(' Added order "') ? 1 : 0;
      seen.certificates += line.includes(' Issued certificate serial ') ? 1 : 0;
    }
  };
  const pebble = await startPebble({ badNonces: BAD_NONCES, strict: true, onOutput: count });
  const counts = async (): Promise<CaCounts> => {
    await new Promise((resolve) => setTimeout(resolve, LOG_SETTLES_MS));
    return { ...seen, cpuMs: processCpuMs(pebble.pid) };
  };
  const rootPath = join(directory, 'root.pem');
  await writeFile(rootPath, pebble.ca.caBundlePem ?? '', { mode: 0o644 });
  return { pebble, directory, rootPath, counts, stop: stoppable(() => pebble.stop()) };
}
