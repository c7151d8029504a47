import type { HealthCheck, HealthCheckName } from '../../src/servers/domain/health.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { checkAccount } from './check-account.js';
import { checkClock, checkDisk, checkInodes, checkModes } from './check-storage.js';
import { checkInclude, checkModules, checkPermissions, checkSystemPorts, checkWhole } from './check-adoption.js';
import type { Effects, Target } from './effects.js';
import { error, ok, warning, type Finding } from './health-finding.js';
import {
  checkDirectories,
  checkPorts,
  findTlsGroups,
  freeBytes,
  portsToTake,
  readVersions,
  type ProgramVersions,
} from './look-at-server.js';
import { ensurePlaceholder } from './placeholder.js';
import { systemOf } from './system-server.js';

export interface ServerLook {
  readonly health: readonly HealthCheck[];
  /** The first thing that makes it useless to go on. */
  readonly failure: DomainError | undefined;
  readonly versions: ProgramVersions | undefined;
  readonly tlsGroups: readonly string[];
  readonly diskFreeBytes: number;
}

/** Looks at everything, whatever it finds: whoever has to mend the server wants to know all of it at once. */
export async function lookAtServer(target: Target, effects: Effects): Promise<ServerLook> {
  const health: HealthCheck[] = [];
  let failure: DomainError | undefined;
  const look = async (name: HealthCheckName, check: () => Promise<Finding>): Promise<boolean> => {
    try {
      health.push({ name, ...(await check()) });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof DomainError)) {
        throw thrown;
      }
      failure ??= thrown;
      health.push({ name, ...error(thrown.message, thrown.hint) });
      return false;
    }
  };
  const { directory, server } = target;
  const system = systemOf(target);
  let versions: ProgramVersions | undefined;
  let tlsGroups: readonly string[] = [];
  const writable = await look('directories', async () => {
    await checkDirectories(target);
    await ensurePlaceholder(target);
    return checkModes(target);
  });
  await look('disk', () => checkDisk(directory));
  await look('inodes', () => checkInodes(directory));
  if (writable) {
    await look('clock', () => checkClock(server.paths.staging));
  }
  const runs = await look('program', async () => {
    versions = await readVersions(target, effects);
    return describeVersions(target.consumer.name, versions);
  });
  await look('ports', () => (system === undefined ? checkOwnPorts(target) : checkSystemPorts(target, system)));
  if (runs && writable && target.consumer.inspection.groupsAreFixed !== true) {
    await look('tls-groups', async () => {
      tlsGroups = await findTlsGroups(target, effects);
      return describeGroups(tlsGroups);
    });
  }
  await look('account', () => checkAccount(target));
  if (system !== undefined) {
    await look('modules', () => checkModules(target, system, effects));
    await look('include', () => checkInclude(target, system));
    if (await look('permissions', () => checkPermissions(system, effects))) {
      await look('whole-configuration', () => checkWhole(target, system, effects));
    }
  }
  const diskFreeBytes = await freeBytes(directory).catch(() => 0);
  return { health, failure, versions, tlsGroups, diskFreeBytes };
}

function describeVersions(name: string, { programVersion, opensslVersion }: ProgramVersions): Finding {
  if (opensslVersion === null) {
    return ok(`${name} ${programVersion}; it does not tell which OpenSSL it has.`);
  }
  const found = `${name} ${programVersion} with OpenSSL ${opensslVersion}.`;
  return /^[01]\./.test(opensslVersion)
    ? warning(found, 'This OpenSSL gets no security updates from its makers any more: upgrade the system.')
    : ok(found);
}

function describeGroups(groups: readonly string[]): Finding {
  const found =
    groups.length === 0 ? 'None of the known key exchange groups is accepted.' : `Accepted: ${groups.join(', ')}.`;
  return groups.includes('X25519')
    ? ok(found)
    : warning(found, 'Browsers prefer X25519: use an OpenSSL of 1.1.0 or later, and a policy that allows it.');
}

async function checkOwnPorts(target: Target): Promise<Finding> {
  await checkPorts(target);
  const { addresses } = target.server;
  const ports = portsToTake(target.server).join(' and ');
  return ok(`${target.consumer.name} has, or may take, ${ports} on ${addresses.join(', ')}.`);
}
