import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { PlainObject } from '../../../shared/plain.js';
import { acmeAccountAt, acmeDirectory } from '../../domain/acme-task.js';
import { issuerAmong } from '../../domain/provider/backups.js';
import type { CertificateProvider } from '../../domain/provider/certificate-provider.js';
import { revocationIn } from '../../domain/revocation.js';
import { CertificateWork, type PlacedCertificate } from '../certificate-work.js';

interface State extends PlacedCertificate {
  readonly provider: CertificateProvider;
}

/** `certificate.revoke`: the CA is told that nobody must trust it. Its files stay: whatever is to replace it is issued first. */
@Injectable()
export class RevokeCertificateKind implements OperationKind<State> {
  readonly name = 'certificate.revoke';
  readonly tasks = ['certificate.acme-revoke'];
  readonly timeoutMs = 120_000;

  constructor(private readonly work: CertificateWork) {}

  async load(operation: Operation): Promise<State> {
    const placed = await this.work.place(operation);
    const provider = issuerAmong(await this.work.chainOf(placed.certificate), revocationIn(operation.input));
    if (!provider) {
      throw new DomainError(
        'CERTIFICATE_PROVIDER_NOT_FOUND',
        `The provider of the certificate for ${placed.certificate.names[0] ?? ''} is not there any more.`,
      );
    }
    return { ...placed, provider };
  }

  plan({ certificate, provider, server }: State, { input }: Operation): OperationPlan {
    const { ca, account } = acmeAccountAt(provider, server);
    const { by, reason, fingerprint, certificatePem } = revocationIn(input);
    return {
      writes: [{ type: 'certificate', id: certificate.id }],
      tasks: [
        {
          name: 'certificate.acme-revoke',
          input: {
            acmeDirectory: acmeDirectory(server),
            ca,
            tlsDirectory: server.http.paths.tls,
            certificateId: certificate.id,
            fingerprint,
            certificatePem,
            reason,
            by: by === 'CERTIFICATE_KEY' ? { kind: by } : { kind: by, account },
          } as unknown as PlainObject,
          sets: [{ subject: 'certificate', id: certificate.id, fields: { revokedFingerprint: fingerprint } }],
        },
      ],
    };
  }
}
