import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { StatePaths } from '../config/index.js';
import type { Secret } from '../shared/secret.js';
import type { PrivateCredentials } from './credentials.js';
import type { Log } from './log.js';
import { endProcess, findProcesses } from './process-table.js';

/** `relaxed` gives up what a crash of the machine would cost: for tests, never for data that somebody wants back. */
export type Durability = 'durable' | 'relaxed';

/** What a private service is started with. The caller holds the claim of the root. */
export interface PrivateServiceOptions {
  readonly paths: StatePaths;
  readonly credentials: PrivateCredentials;
  /** Directories that programs are looked for in. */
  readonly programPath: readonly string[];
  readonly durability: Durability;
  readonly log: Log;
}

/** A server that runs for this root alone. */
export interface PrivateService {
  /** With user and password. */
  readonly url: Secret;
  /** Of the server; undefined while it is down between a crash and its next start. */
  readonly pid: number | undefined;
  /** Idempotent; returns when the server has ended. */
  stop(): Promise<void>;
}

/** What a private server sees of our environment: nothing but this, so no setting or secret of ours. */
export function serviceEnvironment(home: string, programPath: readonly string[]): { readonly [name: string]: string } {
  return { PATH: programPath.join(':'), HOME: home, LANG: 'C', LC_ALL: 'C' };
}

/**
 * Ends servers that an earlier Hlér left running in this directory when it was killed. They are ended, not adopted: a new
 * child has the options and passwords of this version, and can be watched, which a stranger's child cannot.
 * `file` is the program's path; the kernel knows it by what that links to (Debian's redis-server is redis-check-rdb).
 */
export async function endLeftovers(file: string, workingDirectory: string, graceMs: number, log: Log): Promise<void> {
  for (const identity of await findProcesses({ program: basename(await realpath(file)), workingDirectory })) {
    log.warn(`${basename(file)} still runs from an earlier start that was killed; it is stopped first.`, {
      pid: identity.pid,
    });
    await endProcess(identity, graceMs);
  }
}
