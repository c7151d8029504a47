import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { PlainObject } from '../../../shared/plain.js';
import { acmeAccountAt, acmeDirectory } from '../../domain/provider-kinds/acme/acme-task.js';
import { leafOf } from '../../domain/leaf-of.js';
import { issuerAmong } from '../../domain/provider/backups.js';
import type { CertificateProvider } from '../../domain/provider/certificate-provider.js';
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
    const provider = issuerAmong(await this.work.chainOf(placed.certificate), placed.certificate);
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
