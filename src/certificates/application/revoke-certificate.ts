import { Injectable } from '@nestjs/common';
import { RequestOperation, type Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import type { Certificate } from '../domain/certificate.js';
import { certificateOperation } from '../domain/certificate-operation.js';
import { revocationOf, type RevocationWanted } from '../domain/revocation.js';
import { FindCertificates } from './find-certificates.js';

export interface RevocationInput extends RevocationWanted {
  readonly certificateId: string;
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

  /** @throws DomainError ID_INVALID, CERTIFICATE_NOT_FOUND, CERTIFICATE_NOT_REVOCABLE, CERTIFICATE_FINGERPRINT_UNKNOWN */
  async execute({ certificateId, ...wanted }: RevocationInput, actor: Actor): Promise<RevocationRequested> {
    return this.unitOfWork.run(async () => {
      const certificate = await this.find.one(certificateId, actor);
      if (!certificate) {
        throw new DomainError('CERTIFICATE_NOT_FOUND', `There is no certificate ${certificateId}.`);
      }
      const input = { ...revocationOf(certificate, wanted) };
      const request = { ...certificateOperation('certificate.revoke', certificate), input };
      return { certificate, operation: await this.request.execute(request, actor) };
    });
  }
}
