import { acme } from '../../../src/certificates/domain/provider-kinds/acme/index.js';
import { parseAcmeSettings } from '../../../src/certificates/domain/provider/acme-settings.js';
import type { CertificateProvider } from '../../../src/certificates/domain/provider/certificate-provider.js';
import { newId } from '../../../src/shared/ids.js';
import { defaultAccountKey } from '../../../workers/acme/account-keys.js';
import { AcmePaths } from '../../../workers/acme/acme-paths.js';
import task from '../../../workers/tasks/certificate-acme-issue.js';
import { startChallengeResponder } from '../../support/challenge-responder.js';
import { startPebble } from '../../support/pebble.js';
import { aServerAt, type Subject, type Wanted } from './subject.js';

/** Pebble, and a web server that answers its challenges for the account that lies below `root`. */
export async function acmeSubject(root: string): Promise<Subject> {
  const paths = new AcmePaths(`${root}/acme`);
  const pebble = await startPebble({ badNonces: 5 });
  const web = await startChallengeResponder(pebble.httpPort, paths.challenges);
  web.thumbprint = (await defaultAccountKey(paths)).thumbprint;
  const provider: CertificateProvider = {
    id: newId(),
    name: 'pebble',
    clientId: null,
    backupId: null,
    createdAt: new Date(),
    acme: parseAcmeSettings({
      directoryUrl: pebble.ca.directoryUrl,
      caBundle: pebble.ca.caBundlePem,
      termsOfServiceAgreed: true,
      staging: true,
      preflight: { resolvers: [pebble.dns.server], httpPort: pebble.httpPort },
    }),
  };
  const plan = (wanted: Omit<Wanted, 'server'>) =>
    acme.issuing!.plan({ ...wanted, server: aServerAt(root, [web.thumbprint]), provider });
  return {
    task,
    input: (wanted) => plan(wanted).input,
    async refused(wanted) {
      const name = 'nowhere.contract.test';
      await pebble.dns.tell('add-a', { host: `${name}.`, addresses: ['127.0.0.99'] });
      return plan({ ...wanted, certificate: { ...wanted.certificate, requestedNames: [name] } }).input;
    },
    async stop() {
      await web.stop();
      await pebble.stop();
    },
  };
}
