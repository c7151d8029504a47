import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../operations/index.js';
import { ServerStore, type Server } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { PlainObject } from '../../shared/plain.js';
import { acmeAccountAt, acmeDirectory } from '../domain/acme-task.js';
import type { Certificate } from '../domain/certificate.js';
import { leafOf } from '../domain/leaf-of.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificateProviderStore } from './certificate-provider-store.js';
import { CertificateStore } from './certificate-store.js';

interface State {
  readonly certificate: Certificate;
  readonly provider: CertificateProvider;
  readonly server: Server;
}

/** `certificate.revoke`: the CA is told that nobody must trust it. Its files stay: whatever is to replace it is issued first. */
@Injectable()
export class RevokeCertificateKind implements OperationKind<State> {
  readonly name = 'certificate.revoke';
  readonly tasks = ['certificate.acme-revoke'];
  readonly timeoutMs = 120_000;

  constructor(
    private readonly certificates: CertificateStore,
    private readonly providers: CertificateProviderStore,
    private readonly servers: ServerStore,
  ) {}

  async load({ subjectId }: Operation): Promise<State> {
    const certificate = await this.certificates.find(subjectId);
    const provider = certificate?.providerId ? await this.providers.find(certificate.providerId) : null;
    const server = certificate && (await this.servers.find(certificate.serverId));
    if (!certificate || !provider || !server) {
      throw new DomainError(
        'CERTIFICATE_NOT_FOUND',
        `The certificate ${subjectId} or its provider is not there any more.`,
      );
    }
    return { certificate, provider, server };
  }

  plan({ certificate, provider, server }: State, { input }: Operation): OperationPlan {
    const { ca, account } = acmeAccountAt(provider, server);
    const byKey = input['by'] === 'CERTIFICATE_KEY';
    return {
      writes: [{ type: 'certificate', id: certificate.id }],
      tasks: [
        {
          name: 'certificate.acme-revoke',
          input: {
            acmeDirectory: acmeDirectory(server),
            ca,
            certificatePem: leafOf(certificate.chainPem ?? ''),
            reason: input['reason'] ?? 'UNSPECIFIED',
            by: (byKey
              ? { kind: 'CERTIFICATE_KEY', tlsDirectory: server.http.paths.tls, spki: certificate.spki }
              : { kind: 'ACCOUNT', account }) as unknown as PlainObject,
          } as unknown as PlainObject,
          sets: [{ subject: 'certificate', id: certificate.id, fields: { status: 'REVOKED' } }],
        },
      ],
    };
  }
}
