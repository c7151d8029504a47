import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { PlainObject } from '../../../shared/plain.js';
import { acmeAccountAt, acmeDirectory } from '../../domain/provider-kinds/acme/acme-task.js';
import { issuerAmong, type ProviderChain } from '../../domain/provider/backups.js';
import { revocationIn } from '../../domain/revocation.js';
import { CertificateWork, type PlacedCertificate } from '../certificate-work.js';

interface State extends PlacedCertificate {
  /** Who may have issued it, the likeliest first: of a predecessor nobody has written down whether a backup did. */
  readonly issuers: ProviderChain;
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
    const revocation = revocationIn(operation.input);
    const chain = await this.work.chainOf(placed.certificate);
    const likeliest = issuerAmong(chain, revocation);
    if (!likeliest) {
      throw new DomainError(
        'CERTIFICATE_PROVIDER_NOT_FOUND',
        `The provider of the certificate for ${placed.certificate.names[0] ?? ''} is not there any more.`,
      );
    }
    const others = revocation.certificatePem === null ? chain.filter((provider) => provider !== likeliest) : [];
    return { ...placed, issuers: [likeliest, ...others] };
  }

  plan({ certificate, issuers, server }: State, { input }: Operation): OperationPlan {
    const { by, reason, fingerprint, certificatePem } = revocationIn(input);
    return {
      writes: [{ type: 'certificate', id: certificate.id }],
      tasks: [
        {
          name: 'certificate.acme-revoke',
          input: {
            acmeDirectory: acmeDirectory(server),
            issuers: issuers.map((provider) => acmeAccountAt(provider, server)),
            tlsDirectory: server.http.paths.tls,
            stagingDirectory: server.http.paths.staging,
            certificateId: certificate.id,
            fingerprint,
            certificatePem,
            reason,
            by,
          } as unknown as PlainObject,
          sets: [{ subject: 'certificate', id: certificate.id, fields: { revokedFingerprint: fingerprint } }],
        },
      ],
    };
  }
}
