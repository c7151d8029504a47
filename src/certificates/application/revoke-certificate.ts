import { Injectable } from '@nestjs/common';
import { RequestOperation, type Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import type { RevocationReason } from '../domain/acme/revocation-reason.js';
import type { Certificate } from '../domain/certificate.js';
import { certificateOperation } from '../domain/certificate-operation.js';
import { FindCertificates } from './find-certificates.js';

export interface Revocation {
  readonly certificateId: string;
  readonly reason: RevocationReason;
  /** CERTIFICATE_KEY: where the account at the CA is lost. */
  readonly by: 'ACCOUNT' | 'CERTIFICATE_KEY';
}

export interface RevocationRequested {
  readonly certificate: Certificate;
  readonly operation: Operation;
}

@Injectable()
export class RevokeCertificate {
  constructor(
    private readonly find: FindCertificates,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, CERTIFICATE_NOT_FOUND, CERTIFICATE_NOT_REVOCABLE */
  async execute({ certificateId, reason, by }: Revocation, actor: Actor): Promise<RevocationRequested> {
    return this.unitOfWork.run(async () => {
      const certificate = await this.find.one(certificateId, actor);
      if (!certificate) {
        throw new DomainError('CERTIFICATE_NOT_FOUND', `There is no certificate ${certificateId}.`);
      }
      if (certificate.providerId === null || certificate.chainPem === null) {
        throw new DomainError(
          'CERTIFICATE_NOT_REVOCABLE',
          `The certificate for ${certificate.names[0] ?? ''} does not come from a CA that Hlér can ask.`,
        );
      }
      const request = { ...certificateOperation('certificate.revoke', certificate), input: { reason, by } };
      return { certificate, operation: await this.request.execute(request, actor) };
    });
  }
}
