import { randomUUID } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { isAtLeast, TLS_GROUPS, type Consumer, type HttpServerSpec } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { later } from '../../src/shared/failure.js';
import { atomicWrite, ensureDirectory } from '../system/atomic-write.js';
import { errnoOf, fsError } from '../system/fs-error.js';
import { tryCanary, type CanaryEnd } from './canary.js';
import { check } from './check.js';
import { findMaster } from './daemon.js';
import { findModules } from './effective-server.js';
import type { Effects, Target } from './effects.js';
import { portHolder } from './port-holder.js';
import { programMissing } from './program-missing.js';

export interface ProgramVersions {
  readonly programVersion: string;
  /** Null: the program does not tell. */
  readonly opensslVersion: string | null;
}

/** @throws DomainError HTTP_SERVER_MISSING when it is not there or too old, PROGRAM_MISSING for a module */
export async function readVersions(target: Target, effects: Effects): Promise<ProgramVersions> {
  const { consumer } = target;
  const { inspection } = consumer;
  const result = await effects.run(consumer.commands.version());
  const missing = programMissing(target, result) ?? moduleMissing(consumer);
  if (missing !== undefined) {
    throw missing;
  }
  const printed = inspection.versions(result.stderr + result.stdout);
  const { programVersion } = printed;
  const opensslVersion =
    printed.opensslVersion ?? inspection.versions(await introduction(target, effects)).opensslVersion;
  const tells = opensslVersion !== null || inspection.groupsAreFixed === true;
  if (programVersion === null || !tells || !isAtLeast(programVersion, inspection.oldestSupported)) {
    const needed = inspection.oldestSupported;
    throw new DomainError('HTTP_SERVER_MISSING', `${consumer.name} ${needed} or newer with TLS is needed.`, {
      details: { found: programVersion, needed, package: inspection.package },
    });
  }
  return { programVersion, opensslVersion };
}

/** What it says of itself once it runs: some tell their TLS library in no other way. */
async function introduction(target: Target, effects: Effects): Promise<string> {
  return (await tryGroup(target, null, effects)).introduced ?? '';
}

function moduleMissing({ name, inspection: { modules } }: Consumer): DomainError | undefined {
  const found = findModules(modules)?.names ?? [];
  const lacking = modules?.required.filter((module) => !found.includes(module)) ?? [];
  return modules === null || lacking.length === 0
    ? undefined
    : new DomainError(
        'PROGRAM_MISSING',
        `${name} lacks ${lacking.map((module) => `mod_${module}`).join(', ')}: install the package ${modules.package}.`,
        { details: { modules: lacking, package: modules.package } },
      );
}

/**
 * Which TLS groups the library that the web server itself is linked with accepts: by trying each, because other
 * programs of the machine may use another one.
 */
export async function findTlsGroups(target: Target, effects: Effects): Promise<readonly string[]> {
  if (target.consumer.inspection.groupsAreFixed === true) {
    return [];
  }
  const accepted: string[] = [];
  for (const group of TLS_GROUPS) {
    const { complaint } = await tryGroup(target, group, effects);
    accepted.push(...(complaint === undefined ? [group] : []));
  }
  return accepted;
}

/** The smallest configuration, checked and, where the checker does not look at TLS, started. */
async function tryGroup(target: Target, group: string | null, effects: Effects): Promise<CanaryEnd> {
  const { consumer, server, workspace } = target;
  const directory = `${workspace}-trial-${randomUUID()}`;
  try {
    await ensureDirectory(directory, 0o700);
    for (const { path, content, mode } of consumer.inspection.trial(server, directory, group)) {
      await writeFile(`${directory}/${path}`, content, { mode });
    }
    const complaint = await check(target, directory, effects);
    return complaint !== undefined || consumer.canary === undefined
      ? { complaint, introduced: null }
      : await tryCanary({ ...target, workspace: directory }, consumer.canary, directory, effects);
  } catch (error) {
    throw fsError(error, directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Makes the directories that an apply needs, and proves that they can be written to by writing.
 * @throws DomainError READ_ONLY, DISK_FULL, CONFIG_INVALID (staging on another file system)
 */
export async function checkDirectories({ server, directory }: Target): Promise<void> {
  const { staging, run, log, tls } = server.paths;
  await ensureDirectory(staging, 0o700);
  await ensureDirectory(tls, 0o700);
  for (const path of [directory, run, log]) {
    await ensureDirectory(path);
  }
  for (const path of [directory, run, log, tls]) {
    const probe = { path: `${path}/.hler-probe`, content: '', mode: 0o600 };
    await atomicWrite(probe);
    await atomicWrite({ ...probe, content: null });
  }
  if ((await stat(staging)).dev !== (await stat(directory)).dev) {
    throw fsError(Object.assign(new Error('EXDEV'), { code: 'EXDEV' }), directory);
  }
}

export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/**
 * While our server does not run, its ports must be free to take.
 * @throws DomainError PORT_IN_USE, HTTP_SERVER_DOWN (not permitted)
 */
export async function checkPorts(target: Target): Promise<void> {
  if ((await findMaster(target)) !== undefined) {
    return;
  }
  for (const address of target.server.addresses) {
    for (const port of portsToTake(target.server)) {
      const errno = await tryToListen(address, port);
      if (errno !== undefined) {
        throw portRefused(address, port, errno, errno === 'EADDRINUSE' ? await portHolder(port) : null);
      }
    }
  }
}

/** Behind a front, a web server speaks plain HTTP only. */
export function portsToTake({ httpPort, httpsPort, behindFront }: HttpServerSpec): readonly number[] {
  return behindFront === undefined ? [httpPort, httpsPort] : [httpPort];
}

function portRefused(address: string, port: number, errno: string, holder: string | null): DomainError {
  const details = { address, port, errno, holder };
  return errno === 'EADDRINUSE'
    ? new DomainError('PORT_IN_USE', `Another process listens on ${address}:${port}: ${holder}.`, {
        details,
        retry: later(60_000),
      })
    : new DomainError('HTTP_SERVER_DOWN', `The web server could not listen on ${address}:${port} (${errno}).`, {
        details,
        hint: 'Ports below 1024 need root or CAP_NET_BIND_SERVICE; other addresses must belong to this machine.',
      });
}

function tryToListen(address: string, port: number): Promise<string | undefined> {
  const host = address === '*' ? '0.0.0.0' : address.replaceAll(/[[\]]/g, '');
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errnoOf(error) ?? 'UNKNOWN'));
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => server.close(() => resolve(undefined)));
  });
}
