import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { HttpServerSpec } from '../../src/consumers/index.js';
import type { PlainObject } from '../../src/shared/plain.js';

/** Accounts that distributions give to web servers, the usual one first. */
const WORKER_ACCOUNTS = ['www-data', 'nginx', 'http', 'nobody'];

const found = z.object({
  tlsGroups: z.array(z.string()).optional(),
  programVersion: z.string().optional(),
});

/** The server as registered, with what `server.check` of the same operation found out about it just now. */
export function effectiveServer(
  server: HttpServerSpec,
  outputs: { readonly [task: string]: PlainObject },
): HttpServerSpec {
  const { tlsGroups, programVersion } = found.safeParse(outputs['server.check']).data ?? {};
  return {
    ...server,
    tlsGroups: tlsGroups ?? server.tlsGroups,
    programVersion: programVersion ?? server.programVersion,
    workerUser: server.workerUser ?? workerAccount(),
  };
}

/** The account that answers requests when the master runs as root; null when it does not, and cannot change accounts. */
export function workerAccount(): string | null {
  if (process.getuid?.() !== 0) {
    return null;
  }
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[0]);
  return WORKER_ACCOUNTS.find((account) => accounts.includes(account)) ?? 'nobody';
}
