import { join } from 'node:path';
import { defaultAccountKey } from '../../workers/acme/account-keys.js';
import { AcmePaths } from '../../workers/acme/acme-paths.js';
import { readFile } from 'node:fs/promises';
import { CONSUMERS, type SystemServer } from '../consumers/index.js';
import { DomainError } from '../shared/domain-error.js';
import { processUid, resolveServiceUser } from '../private-services/index.js';
import type { Config } from '../config/index.js';
import { enrolmentDocument, type EnrolmentDocument } from '../runner/enrolment-document.js';
import type { RunnerIdentity } from '../runner/identity.js';

/** The introduction of the runner that this configuration describes. Directories must exist. */
export async function enrolmentOf(config: Config, identity: RunnerIdentity): Promise<EnrolmentDocument> {
  const { config: configuration, tls, staging, run, log } = config.paths;
  const system = systemServer(config);
  return enrolmentDocument(
    identity,
    {
      consumer: config.httpConsumer,
      addresses: config.httpAddresses,
      httpPort: config.ports.HLER_HTTP_PORT,
      httpsPort: config.ports.HLER_HTTPS_PORT,
      workerUser: await workerUser(config, system),
      system,
      paths: { config: configuration, tls, staging, run, log },
      front: frontOf(config),
      acmeThumbprints: [await acmeThumbprint(config)],
    },
    config.platformRoots,
    config.paths.root,
    config.phpSocket,
  );
}

function frontOf({ tlsConsumer, ports, backends }: Config): EnrolmentDocument['http']['front'] {
  return tlsConsumer === null ? null : { consumer: tlsConsumer, backendPort: ports.HLER_BACKEND_PORT, backends };
}

/** Of the account key of this server, which is made now: its web server can answer challenges from the first rendering on. */
async function acmeThumbprint({ paths }: Config): Promise<string> {
  return (await defaultAccountKey(new AcmePaths(join(paths.root, 'acme')))).thumbprint;
}

/** The machine's own web server, where that is to be used. @throws DomainError CONFIG_INVALID */
export function systemServer({ httpDaemon, httpConsumer, httpSystemConfig }: Config): SystemServer | null {
  if (httpDaemon === 'own') {
    return null;
  }
  const { adoption } = CONSUMERS[httpConsumer];
  if (adoption === undefined) {
    throw new DomainError(
      'CONFIG_INVALID',
      `HLER_HTTP_DAEMON is system, and ${httpConsumer} can only be run by Hlér.`,
      {
        details: { variables: ['HLER_HTTP_DAEMON'] },
      },
    );
  }
  return { mainFile: httpSystemConfig ?? adoption.mainFile };
}

/** Of the machine's own server, what its main file says. Null: whatever the web server itself runs as, because it is not root and has no choice. */
async function workerUser(config: Config, system: SystemServer | null): Promise<string | null> {
  const { adoption } = CONSUMERS[config.httpConsumer];
  if (system !== null && adoption !== undefined) {
    return adoption.facts(await readFile(system.mainFile, 'utf8').catch(() => '')).workerUser;
  }
  if (processUid() !== 0) {
    return null;
  }
  const { account } = await resolveServiceUser(config.httpConsumer, 'www-data', [config.paths.config]);
  // apache never answers as root; the server then takes an account of its own, which may see less than it should.
  return account?.name ?? (config.httpConsumer === 'apache' ? null : 'root');
}
