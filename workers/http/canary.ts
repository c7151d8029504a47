import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckerComplaint, ConsumerCanary } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { fsError } from '../system/fs-error.js';
import type { CommandResult } from '../system/run-command.js';
import { findPids } from './daemon.js';
import { signalIfThere, type Effects, type Target } from './effects.js';
import { readFrom } from './error-log.js';

export interface CanaryEnd {
  /** Why it could not start; undefined when it answered. */
  readonly complaint: CheckerComplaint | undefined;
  /** The `Server:` of its answer; null when it gave none. */
  readonly introduced: string | null;
}

const LOOK_EVERY_MS = 20;
const ANSWER_WITHIN_MS = 2_000;
const GONE_WITHIN_MS = 5_000;
const ATTEMPTS = 3;

function canaryScratch({ workspace }: Target): string {
  return `${workspace}/canary`;
}

/**
 * Starts a throw-away server on `directory` (a copy: see `muteStrangers`), waits until it answers, and ends it. Nothing of it
 * is left when this returns; what a killed apply left of one is ended by the next (`endCanary`).
 * @throws DomainError COMMAND_FAILED when it neither answers nor says why
 */
export async function tryCanary(
  target: Target,
  canary: ConsumerCanary,
  directory: string,
  effects: Effects,
): Promise<CanaryEnd> {
  for (let attempt = 1; ; attempt += 1) {
    const address = await freeAddress();
    const end = await tryAt(target, canary, directory, address, effects);
    if (end.complaint?.bind?.address !== address || attempt === ATTEMPTS) {
      return end;
    }
  }
}

async function tryAt(
  target: Target,
  canary: ConsumerCanary,
  directory: string,
  address: string,
  effects: Effects,
): Promise<CanaryEnd> {
  const scratch = canaryScratch(target);
  await endCanary(target, effects);
  try {
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    const result = await effects.run(canary.start(directory, scratch, address));
    mustHaveEnded(result);
    // It reads everything once before it says yes, and once more as a daemon before it answers.
    const patience = ANSWER_WITHIN_MS + 4 * result.durationMs;
    const introduced = result.ok ? await answer(target, canary, address, performance.now() + patience) : null;
    const said = `${result.stderr}\n${await readFrom(canary.errorLog(scratch), 0)}`;
    return { complaint: introduced === null ? target.consumer.complaint(said, directory) : undefined, introduced };
  } catch (error) {
    throw fsError(error, scratch);
  } finally {
    await endCanary(target, effects);
  }
}

function mustHaveEnded({ outcome, durationMs }: CommandResult): void {
  if (outcome !== 'EXITED') {
    throw new DomainError('COMMAND_FAILED', 'The trial start of the web server did not end by itself.', {
      details: { outcome, durationMs },
    });
  }
}

/** How it introduces itself in an answer, whatever that is; null when it has died, or takes too long. */
async function answer(target: Target, canary: ConsumerCanary, address: string, until: number): Promise<string | null> {
  while (performance.now() < until) {
    const introduced = await ask(address);
    if (introduced !== null || (await findOwn(target, canary)).length === 0) {
      return introduced;
    }
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

function ask(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { agent: false, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
    const asking = request(`http://${address}/`, options, (response) => {
      response.destroy();
      resolve(String(response.headers['server'] ?? ''));
    });
    asking.once('error', () => resolve(null));
    asking.end();
  });
}

/** Any address of 127/8 is this machine, so that a port is free there unless somebody took it on all of them. */
async function freeAddress(): Promise<string> {
  const host = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(2, 255)}`;
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `${host}:${port}`;
}

function findOwn(target: Target, canary: ConsumerCanary): Promise<readonly number[]> {
  const scratch = canaryScratch(target);
  return findPids((commandLine) => canary.isOwn(commandLine, scratch));
}

/** Idempotent. SIGKILL, because nothing of a canary is worth keeping, and a server asked to end takes a second. */
export async function endCanary(target: Target, effects: Effects): Promise<void> {
  const { canary } = target.consumer;
  if (canary === undefined) {
    return;
  }
  const until = performance.now() + GONE_WITHIN_MS;
  for (let own = await findOwn(target, canary); own.length > 0; own = await findOwn(target, canary)) {
    own.forEach((pid) => signalIfThere(pid, 'SIGKILL', effects));
    if (performance.now() > until) {
      throw new DomainError('COMMAND_FAILED', `A trial start of ${target.consumer.name} does not end.`, {
        details: { pids: own },
      });
    }
    await sleep(LOOK_EVERY_MS);
  }
  await rm(canaryScratch(target), { recursive: true, force: true });
}

/** In the copy, files of others get one of their own, in which they listen on nothing. */
export async function muteStrangers(
  directory: string,
  folders: readonly string[],
  canary: ConsumerCanary,
): Promise<void> {
  for (const folder of folders) {
    for (const name of await readdir(join(directory, folder)).catch(() => [])) {
      const path = join(directory, folder, name);
      const content = await readFile(path, 'utf8').catch(() => '');
      const muted = canary.muted(content);
      if (muted !== content) {
        await rm(path);
        await writeFile(path, muted);
      }
    }
  }
}
