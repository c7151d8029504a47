import { Injectable } from '@nestjs/common';
import { CertificateStore, visibleCertificate } from '../../certificates/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { RequestCertificateOperation } from './request-certificate-operation.js';
import type { CertificateChanged } from './upload-certificate.js';

/** Work on a certificate that is in force: putting it where it is to be served, or going back to the one before. */
@Injectable()
export class DeployCertificate {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly request: RequestCertificateOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, CERTIFICATE_NOT_FOUND, CERTIFICATE_NOT_READY */
  async execute(
    certificateId: string,
    kind: 'certificate.deploy' | 'certificate.rollback',
    actor: Actor,
  ): Promise<CertificateChanged> {
    const id = parseId(certificateId);
    return this.unitOfWork.run(async () => {
      const certificate = visibleCertificate(await this.certificates.find(id), id, actor);
      if (certificate.status !== 'ACTIVE' || certificate.spki === null) {
        throw new DomainError('CERTIFICATE_NOT_READY', `The certificate ${id} is ${certificate.status}, not ACTIVE.`);
      }
      return { certificate, operation: await this.request.execute(kind, certificate, actor), warnings: [] };
    });
  }
}
