import { stat, statfs } from 'node:fs/promises';
import { atomicWrite } from '../system/atomic-write.js';
import type { Target } from './effects.js';
import { ok, warning, error, type Finding } from './health-finding.js';

const MIB = 1024 * 1024;
const LITTLE_BYTES = 1024 * MIB;
const HARDLY_BYTES = 64 * MIB;
const LITTLE_SHARE = 0.05;
const CLOCK_TOLERANCE_MS = 2_000;

/** Secrets and work in progress are the runner's alone. */
export async function checkModes({ server }: Target): Promise<Finding> {
  const { tls, staging } = server.paths;
  for (const path of [tls, staging]) {
    const mode = (await stat(path)).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      return error(
        `${path} has mode ${mode.toString(8)}: other accounts get to what is in it.`,
        `Run: chmod 700 ${path}`,
      );
    }
  }
  return ok('All directories can be written to, and those with secrets are closed to others.');
}

export async function checkDisk(directory: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const message = `${Math.round(free / MIB)} MiB are free below ${directory}.`;
  const remedy = `Make space on the file system of ${directory}.`;
  if (free < HARDLY_BYTES) {
    return error(message, remedy);
  }
  return free < LITTLE_BYTES || bavail < blocks * LITTLE_SHARE ? warning(message, remedy) : ok(message);
}

/** Some file systems do not count them, and never run out. */
export async function checkInodes(directory: string): Promise<Finding> {
  const { ffree, files } = await statfs(directory);
  const message = files === 0 ? 'This file system does not count inodes.' : `${ffree} of ${files} inodes are free.`;
  return files > 0 && ffree < files * LITTLE_SHARE
    ? warning(
        message,
        `Remove small files from the file system of ${directory}: it runs out of inodes before it is full.`,
      )
    : ok(message);
}

/** A file system with another clock (NFS) makes new files look old; certificates and orders are judged by the machine's. */
export async function checkClock(directory: string): Promise<Finding> {
  const probe = { path: `${directory}/.hler-clock`, content: '', mode: 0o600 };
  await atomicWrite(probe);
  const aheadMs = (await stat(probe.path)).mtimeMs - Date.now();
  await atomicWrite({ ...probe, content: null });
  const message = `The clock of the file system differs from the machine's by ${Math.abs(Math.round(aheadMs))} ms.`;
  return Math.abs(aheadMs) > CLOCK_TOLERANCE_MS
    ? warning(message, 'Let both machines keep their clocks by NTP.')
    : ok('The machine and its file system agree on the time.');
}
