import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { OLDEST_SUPPORTED, isAtLeast } from '../../src/consumers/nginx/dialect.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { later } from '../../src/shared/failure.js';
import { atomicWrite, ensureDirectory } from '../system/atomic-write.js';
import { errnoOf, fsError } from '../system/fs-error.js';
import { findMaster, programMissing } from './daemon.js';
import type { Effects, Target } from './effects.js';

/** Mozilla's "intermediate" (guideline 6.0), best first. */
const GROUPS = ['X25519MLKEM768', 'X25519', 'prime256v1', 'secp384r1'];

export interface ProgramVersions {
  readonly programVersion: string;
  readonly opensslVersion: string;
}

/** @throws DomainError HTTP_SERVER_MISSING when it is not there or too old */
export async function readVersions(target: Target, effects: Effects): Promise<ProgramVersions> {
  const { name, commands } = target.consumer;
  const result = await effects.run(commands.version());
  const missing = programMissing(target, result);
  if (missing !== undefined) {
    throw missing;
  }
  const versions = parseVersions(result.stderr + result.stdout);
  if (versions === undefined || !isAtLeast(versions.programVersion, OLDEST_SUPPORTED)) {
    throw new DomainError('HTTP_SERVER_MISSING', `${name} ${OLDEST_SUPPORTED} or newer with TLS is needed.`, {
      details: { found: versions?.programVersion ?? null, needed: OLDEST_SUPPORTED },
    });
  }
  return versions;
}

/** Pure. `running with` is the library of this machine, where it is not the one that it was built with. */
export function parseVersions(text: string): ProgramVersions | undefined {
  const programVersion = /nginx version: \S+\/(\d+\.\d+\.\d+)/.exec(text)?.[1];
  const opensslVersion = (
    /running with (?:OpenSSL )?([^)\n]+)\)/.exec(text) ?? /built with (?:OpenSSL )?(.+)/.exec(text)
  )?.[1];
  return programVersion === undefined || opensslVersion === undefined
    ? undefined
    : { programVersion, opensslVersion: opensslVersion.trim() };
}

/**
 * Which TLS groups the library that the web server itself is linked with accepts: by trying each, because other
 * programs of the machine may use another one.
 */
export async function findTlsGroups(target: Target, effects: Effects): Promise<readonly string[]> {
  const directory = `${target.server.paths.staging}/${target.consumer.name}-trial-${randomUUID()}`;
  const accepted: string[] = [];
  try {
    await mkdir(directory, { recursive: true });
    for (const group of GROUPS) {
      await writeFile(`${directory}/nginx.conf`, trialConfig(directory, group));
      const result = await effects.run(target.consumer.commands.check(target.server, directory));
      accepted.push(...(result.ok ? [group] : []));
    }
  } catch (error) {
    throw fsError(error, directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return accepted;
}

/** Groups are looked at only where TLS is on; without a certificate that is `ssl_reject_handshake`. */
function trialConfig(directory: string, group: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path "${directory}/${kind}";`,
  );
  return `pid "${directory}/pid"; error_log stderr; events { }
http { access_log off; ${paths.join(' ')} ssl_ecdh_curve ${group};
server { listen "unix:${directory}/s" ssl; ssl_reject_handshake on; } }
`;
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
  const { addresses, httpPort, httpsPort } = target.server;
  for (const address of addresses) {
    for (const port of [httpPort, httpsPort]) {
      const errno = await tryToListen(address, port);
      if (errno !== undefined) {
        throw portRefused(address, port, errno);
      }
    }
  }
}

function portRefused(address: string, port: number, errno: string): DomainError {
  const details = { address, port, errno };
  return errno === 'EADDRINUSE'
    ? new DomainError('PORT_IN_USE', `Another process listens on ${address}:${port}.`, {
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
